#include "linear.h"

#include <algorithm>

namespace spud {
namespace {

// Weights that are expanded at once: they stay in the processor's cache until the product has read them.
constexpr int64_t kExpandedElements = 1 << 18;

}  // namespace

Linear::Linear(at::Tensor weight, at::Tensor bias)
    : weight_(std::move(weight)),
      transposed_(weight_.t()),
      bias_(std::move(bias)),
      expands_(weight_.is_cpu() && weight_.scalar_type() == at::kHalf) {}

at::Tensor Linear::prepare(const at::Tensor& rows) const {
  return rows.to(expands_ ? at::kFloat : weight_.scalar_type());
}

at::Tensor Linear::apply(const at::Tensor& rows) const {
  at::Tensor y = product(rows).to(at::kFloat);
  return bias_.defined() ? y.add_(bias_) : y;
}

at::Tensor Linear::product(const at::Tensor& rows) const {
  at::Tensor x = prepare(rows);
  // One row: a matrix-vector product reads the weights at the speed of memory, a matrix product packs them first.
  if (expands_) return expanded(x);
  return x.size(0) == 1 ? at::mv(weight_, x.select(0, 0)).unsqueeze(0) : at::mm(x, transposed_);
}

void Linear::add_to(at::Tensor output, const at::Tensor& rows, double factor) const {
  if (bias_.defined() || weight_.scalar_type() != at::kFloat)
    output.add_(apply_narrow(rows), factor);
  else if (rows.size(0) == 1)
    output.select(0, 0).addmv_(weight_, rows.select(0, 0), 1, factor);
  else
    output.addmm_(rows, transposed_, 1, factor);
}

at::Tensor Linear::expanded(const at::Tensor& rows) const {
  const int64_t outputs = weight_.size(0), step = std::max<int64_t>(16, kExpandedElements / weight_.size(1));
  at::Tensor y = at::empty({rows.size(0), outputs}, rows.options());
  for (int64_t first = 0; first < outputs; first += step) {
    const int64_t count = std::min(step, outputs - first);
    at::Tensor weight = weight_.narrow(0, first, count).to(at::kFloat);
    if (rows.size(0) == 1)
      y.select(0, 0).narrow(0, first, count).copy_(at::mv(weight, rows.select(0, 0)));
    else
      y.narrow(1, first, count).copy_(at::mm(rows, weight.t()));
  }
  return y;
}

}  // namespace spud
