// Full connections are oneDNN's inner products.
#include "linear.h"

namespace convnets {

namespace {

dnnl::inner_product_forward::primitive_desc forward_hint(const Type& x, const Type& weight, const Type& y) {
  return linear_forward(cpu(), dnnl::prop_kind::forward_training, any_md(x), any_md(weight), Md(), any_md(y),
                        user_scratchpad());
}

void forward(Lowering& at, bool bias, bool relu) {
  const Type &x = at.input_type(0), &weight = at.input_type(1), &y = at.result_type(0);
  const Md bias_md = bias ? plain_md(at.input_type(2)) : Md();
  dnnl::primitive_attr attr = user_scratchpad();
  if (relu) {
    dnnl::post_ops ops;
    append_relu(ops);
    attr.set_post_ops(ops);
  }
  const auto pd = linear_forward(cpu(), dnnl::prop_kind::forward_training, any_md(x), any_md(weight), bias_md,
                                 any_md(y), attr);
  std::vector<PrimitiveArg> args = {{DNNL_ARG_SRC, at.operand_as(0, pd.src_desc())},
                                    {DNNL_ARG_WEIGHTS, at.operand_as(1, pd.weights_desc())}};
  if (bias) args.push_back({DNNL_ARG_BIAS, at.operand_as(2, bias_md)});
  args.push_back({DNNL_ARG_DST, at.define(0, pd.dst_desc())});
  at.emit_primitive(pd, dnnl::inner_product_forward(pd), args);
}

void weight_grad(Lowering& at, bool bias) {
  const Type &x = at.input_type(0), &dy = at.input_type(1), &weight = at.result_type(0);
  const Md bias_md = bias ? plain_md(at.result_type(1)) : Md();
  const auto pd = linear_backward_weights(cpu(), any_md(x), any_md(weight), bias_md, any_md(dy),
                                          forward_hint(x, weight, dy), user_scratchpad());
  std::vector<PrimitiveArg> args = {{DNNL_ARG_SRC, at.operand_as(0, pd.src_desc())},
                                    {DNNL_ARG_DIFF_DST, at.operand_as(1, pd.diff_dst_desc())}};
  if (bias) args.push_back({DNNL_ARG_DIFF_BIAS, at.define(1, bias_md)});
  args.push_back({DNNL_ARG_DIFF_WEIGHTS, at.define(0, pd.diff_weights_desc())});
  at.emit_primitive(pd, dnnl::inner_product_backward_weights(pd), args);
}

}  // namespace

void linear(Lowering& at) { forward(at, false, false); }

void linear_bias(Lowering& at) { forward(at, true, at.integer(0) == 1); }

void linear_weight_grad(Lowering& at) { weight_grad(at, false); }

void linear_parameter_grad(Lowering& at) { weight_grad(at, true); }

void linear_input_grad(Lowering& at) {
  const Type &dy = at.input_type(0), &weight = at.input_type(1), &x = at.result_type(0);
  const auto pd = linear_backward_data(cpu(), any_md(x), any_md(weight), any_md(dy),
                                       forward_hint(x, weight, dy), user_scratchpad());
  at.emit_primitive(pd, dnnl::inner_product_backward_data(pd),
                    {{DNNL_ARG_DIFF_DST, at.operand_as(0, pd.diff_dst_desc())},
                     {DNNL_ARG_WEIGHTS, at.operand_as(1, pd.weights_desc())},
                     {DNNL_ARG_DIFF_SRC, at.define(0, pd.diff_src_desc())}});
}

}  // namespace convnets
