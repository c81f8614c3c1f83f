// What every role shares: the guarded border, views as tensors, the norm.
#pragma once
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <string>

#include "abi.h"

namespace spud {

// Text of the last failure of this thread; the pointer is what a failed call returns.
const char* fail(const char* text);

// Runs a body at the border: no exception leaves it. Returns null, or what went wrong.
template <class Body>
const char* guarded(Body body) {
  try {
    c10::InferenceMode inference;
    body();
    return nullptr;
  } catch (const c10::Error& error) {
    return fail(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return fail(error.what());
  } catch (...) {
    return fail("an exception of unknown type");
  }
}

// Where a component computes, resolved.
struct Device {
  explicit Device(const Place& place) : where(std::string(place.device)), is_host(place.is_host != 0) {}

  at::Device where;
  bool is_host;
};

inline at::ScalarType scalar_type(int32_t type) {
  switch (type) {
    case 0: return at::kFloat;
    case 1: return at::kHalf;
    case 24: return at::kChar;
    case 26: return at::kInt;
    case 30: return at::kBFloat16;
    default: throw std::invalid_argument("element type " + std::to_string(type) + " is none that this backend computes in");
  }
}

inline at::Tensor tensor(const View& view, at::Device where) {
  if (view.rank == 0) return {};
  return at::from_blob(view.address, at::IntArrayRef(view.shape, static_cast<size_t>(view.rank)),
                       at::TensorOptions().dtype(scalar_type(view.type)).device(where));
}

inline at::Tensor tensor(const View& view, const Device& device) { return tensor(view, device.where); }

// x w / sqrt(mean x^2 + epsilon) over the last axis.
inline at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  return x.mul(x.square().mean(-1, true).add_(epsilon).rsqrt_()).mul_(weight);
}

}  // namespace spud
