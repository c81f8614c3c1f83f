// The library itself: versions, threads, errors.
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/version.h>

#include "common.h"

namespace spud {

const char* fail(const char* text) {
  static thread_local std::string last;
  last = text;
  return last.c_str();
}

}  // namespace spud

SPUD_API int32_t spud_torch_abi() { return kAbi; }

// The libtorch that the shim was compiled against.
SPUD_API const char* spud_torch_built() { return TORCH_VERSION; }

// What the libtorch that was loaded says about itself; holds TORCH_VERSION=….
SPUD_API const char* spud_torch_config() {
  static const std::string text = at::show_config();
  return text.c_str();
}

// Threads of the OpenBLAS behind libtorch; 0 if it computes with something else.
SPUD_API int32_t spud_torch_openblas_threads() {
  using Get = int (*)();
  auto get = reinterpret_cast<Get>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
  return get ? get() : 0;
}

// Threads of libtorch and of the OpenBLAS behind it, if that is what it computes with.
SPUD_API const char* spud_torch_threads(int32_t threads) {
  return spud::guarded([&] {
    at::set_num_threads(threads);
    using Set = void (*)(int);
    if (auto set = reinterpret_cast<Set>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
  });
}
