#pragma once
#include "common.h"

namespace spud {

// y = W x + bias for rows, f32 in and out; the product itself in the type of the weights.
class Linear {
 public:
  Linear() = default;
  Linear(at::Tensor weight, at::Tensor bias);

  bool is_present() const { return weight_.defined(); }

  // Rows as the product wants them: several products of the same rows convert them once.
  at::Tensor prepare(const at::Tensor& rows) const;

  // f32 [T, N] of rows [T, K].
  at::Tensor apply(const at::Tensor& rows) const;

  // The same in the type that the product has: half the bytes where that is bf16, and f32 where a bias is added.
  at::Tensor apply_narrow(const at::Tensor& rows) const { return bias_.defined() ? apply(rows) : product(rows); }

  // Type of the weights.
  at::ScalarType type() const { return weight_.scalar_type(); }

  // output += factor * apply(rows); output f32 [T, N].
  void add_to(at::Tensor output, const at::Tensor& rows, double factor) const;

 private:
  at::Tensor product(const at::Tensor& rows) const;
  at::Tensor expanded(const at::Tensor& rows) const;

  at::Tensor weight_;     // [N, K]
  at::Tensor transposed_;  // [K, N]
  at::Tensor bias_;       // f32 [N], or undefined
  bool expands_ = false;  // f16 on a processor, for which this library may have no product
};

}  // namespace spud
