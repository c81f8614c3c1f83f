// A memory domain: a device and its current stream.
#include <cstring>
#include <mutex>
#include <unordered_map>

#include "common.h"

namespace {

// Blocks of device memory by address: the tensor keeps its block alive.
std::mutex g_gate;
std::unordered_map<void*, at::Tensor>& blocks() {
  static auto* all = new std::unordered_map<void*, at::Tensor>();  // never destroyed: the device may be gone before the process ends
  return *all;
}

// Equal types, block formats among them, travel as bytes.
at::Tensor bytes(const View& view, int64_t count, at::Device where) {
  return at::from_blob(view.address, {count}, at::TensorOptions().dtype(at::kByte).device(where));
}

void append(const at::Tensor& rows, const int32_t* slots, int64_t page_tokens, const at::Tensor& pages) {
  const int64_t count = rows.size(0);
  for (int64_t row = 0; row < count;) {
    // Neighbouring rows usually have neighbouring places: one copy for all that lie together in a page.
    const int64_t page = slots[row] / page_tokens, key = slots[row] % page_tokens;
    int64_t together = 1;
    while (row + together < count && slots[row + together] == slots[row] + together && key + together < page_tokens) together++;
    pages.select(0, page).narrow(1, key, together).copy_(rows.narrow(0, row, together).transpose(0, 1), true);
    row += together;
  }
}

}  // namespace

// Whether there is such a device; the message says what is missing.
SPUD_API const char* spud_torch_device_check(const char* device) {
  return spud::guarded([&] {
    const at::Device where{std::string(device)};
    if (where.is_cuda() && !at::hasCUDA()) throw std::runtime_error("this libtorch was built without CUDA");
    at::zeros({1}, at::TensorOptions().device(where)).to(at::kCPU);
  });
}

SPUD_API const char* spud_torch_device_allocate(const char* device, int64_t count, void** address) {
  return spud::guarded([&] {
    at::Tensor block = at::zeros({count}, at::TensorOptions().dtype(at::kByte).device(at::Device(std::string(device))));
    std::lock_guard<std::mutex> lock(g_gate);
    *address = block.data_ptr();
    blocks()[*address] = std::move(block);
  });
}

SPUD_API const char* spud_torch_device_free(void* address) {
  return spud::guarded([&] {
    std::lock_guard<std::mutex> lock(g_gate);
    blocks().erase(address);
  });
}

// Copies between equal shapes; either side may be on the host.
SPUD_API const char* spud_torch_device_copy(const char* device, const View* source, int32_t source_is_host, const View* destination,
                                            int32_t destination_is_host, int64_t bytes_if_alike) {
  return spud::guarded([&] {
    const at::Device where{std::string(device)}, host(at::kCPU);
    const at::Device from = source_is_host ? host : where, to = destination_is_host ? host : where;
    // The memory of others is not pinned: libtorch has read it when this returns, and has written it after the next wait.
    if (bytes_if_alike > 0)
      bytes(*destination, bytes_if_alike, to).copy_(bytes(*source, bytes_if_alike, from), true);
    else
      spud::tensor(*destination, to).copy_(spud::tensor(*source, from), true);
  });
}

SPUD_API const char* spud_torch_device_append(const char* device, const View* keys, const View* values, const int32_t* slots, const View* key_pages,
                                              const View* value_pages) {
  return spud::guarded([&] {
    const at::Device where{std::string(device)};
    append(spud::tensor(*keys, where), slots, key_pages->shape[2], spud::tensor(*key_pages, where));
    append(spud::tensor(*values, where), slots, value_pages->shape[2], spud::tensor(*value_pages, where));
  });
}

// Reading one number back waits for all that was queued before it.
SPUD_API const char* spud_torch_device_wait(const char* device) {
  return spud::guarded([&] { at::zeros({1}, at::TensorOptions().device(at::Device(std::string(device)))).to(at::kCPU); });
}
