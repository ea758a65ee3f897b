// The instruction set of this engine. The TypeScript side checks that no op is missing here.
#include "adaptive_pooling.h"
#include "batch_norm.h"
#include "channels.h"
#include "clip.h"
#include "convolution.h"
#include "elementwise.h"
#include "linear.h"
#include "local_response_norm.h"
#include "loss.h"
#include "lowering.h"
#include "pooling.h"
#include "shape.h"
#include "update.h"

namespace convnets {

const std::map<std::string, Prepare>& kernels() {
  static const std::map<std::string, Prepare> table = {
      {"adamUpdate", adam_update},
      {"adaptiveAvgPool2d", adaptive_avg_pool},
      {"adaptiveAvgPool2dInputGrad", adaptive_avg_pool_input_grad},
      {"add", add},
      {"addChannels", add_channels},
      {"affine", affine},
      {"avgPool2d", avg_pool},
      {"avgPool2dInputGrad", avg_pool_input_grad},
      {"batchNorm", batch_norm},
      {"batchNormAddRelu", batch_norm_add_relu},
      {"batchNormAddReluGrad", batch_norm_add_relu_grad},
      {"batchNormGrad", batch_norm_grad},
      {"batchNormRelu", batch_norm_relu},
      {"batchNormReluGrad", batch_norm_relu_grad},
      {"batchNormScale", batch_norm_scale},
      {"centeredRmspropUpdate", centered_rmsprop_update},
      {"clamp", clamp},
      {"clipFactor", clip_factor},
      {"concat", concat},
      {"conv2d", conv2d},
      {"conv2dBias", conv2d_bias},
      {"conv2dBiasAdd", conv2d_bias_add},
      {"conv2dInputGrad", conv2d_input_grad},
      {"conv2dParameterGrad", conv2d_parameter_grad},
      {"conv2dWeightGrad", conv2d_weight_grad},
      {"dotChannels", dot_channels},
      {"dropout", dropout},
      {"emaUpdate", ema_update},
      {"exp", exponential},
      {"fill", fill},
      {"gatherRows", gather_rows},
      {"largestMagnitude", largest_magnitude},
      {"linear", linear},
      {"linearBias", linear_bias},
      {"linearInputGrad", linear_input_grad},
      {"linearParameterGrad", linear_parameter_grad},
      {"linearWeightGrad", linear_weight_grad},
      {"localResponseNorm", local_response_norm},
      {"localResponseNormGrad", local_response_norm_grad},
      {"logSoftmax", log_softmax},
      {"logSoftmaxGrad", log_softmax_grad},
      {"maxPool2d", max_pool},
      {"maxPool2dInputGrad", max_pool_input_grad},
      {"movingAverage", moving_average},
      {"mul", mul},
      {"nllLoss", nll_loss},
      {"nllLossInputGrad", nll_loss_input_grad},
      {"normalizeRelu", normalize_relu},
      {"pad", pad},
      {"relu", relu},
      {"reluGrad", relu_grad},
      {"reshape", reshape},
      {"resize2d", resize},
      {"resize2dInputGrad", resize_input_grad},
      {"rmspropUpdate", rmsprop_update},
      {"scale", scale},
      {"scaleChannels", scale_channels},
      {"sgdUpdate", sgd_update},
      {"sigmoid", sigmoid},
      {"sigmoidGrad", sigmoid_grad},
      {"slice", slice},
      {"softCrossEntropy", soft_cross_entropy},
      {"softCrossEntropyInputGrad", soft_cross_entropy_input_grad},
      {"squaredDistance", squared_distance},
      {"squaredDistanceGrad", squared_distance_grad},
      {"squaredNorm", squared_norm},
      {"sumChannels", sum_channels},
      {"tanh", tanh},
      {"tanhGrad", tanh_grad},
      {"transpose", transpose},
  };
  return table;
}

}  // namespace convnets
