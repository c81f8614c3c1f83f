// Both ends of the model.
#include "linear.h"

namespace {

struct Head {
  explicit Head(const HeadConfig& config)
      : device(config.place),
        embedding(spud::tensor(config.embedding, device)),
        norm(spud::tensor(config.norm, device)),
        output(spud::tensor(config.output, device), {}),
        epsilon(config.epsilon),
        embedding_scale(config.embedding_scale),
        logit_scale(config.logit_scale) {}

  void embed(const at::Tensor& ids, at::Tensor hidden) const {
    hidden.copy_(embedding.index_select(0, ids));
    if (embedding_scale != 1) hidden.mul_(embedding_scale);
  }

  void logits(const at::Tensor& hidden, const int32_t* rows, int32_t count, at::Tensor result) const {
    result.copy_(output.apply(spud::rms_norm(chosen(hidden, rows, count), norm, epsilon)));
    if (logit_scale != 1) result.mul_(logit_scale);
  }

  at::Tensor chosen(const at::Tensor& hidden, const int32_t* rows, int32_t count) const {
    if (rows[count - 1] - rows[0] + 1 == count) return hidden.narrow(0, rows[0], count);
    at::Tensor wanted = at::from_blob(const_cast<int32_t*>(rows), {count}, at::kInt);
    return hidden.index_select(0, wanted.to(device.where));
  }

  spud::Device device;
  at::Tensor embedding, norm;
  spud::Linear output;
  double epsilon, embedding_scale, logit_scale;
};

}  // namespace

SPUD_API const char* spud_torch_head(const HeadConfig* config, void** made) {
  return spud::guarded([&] { *made = new Head(*config); });
}

SPUD_API void spud_torch_head_free(void* head) { delete static_cast<Head*>(head); }

SPUD_API const char* spud_torch_head_embed(void* head, const View* ids, const View* hidden) {
  return spud::guarded([&] {
    auto& self = *static_cast<Head*>(head);
    self.embed(spud::tensor(*ids, self.device), spud::tensor(*hidden, self.device));
  });
}

SPUD_API const char* spud_torch_head_logits(void* head, const View* hidden, const int32_t* rows, int32_t count, const View* logits) {
  return spud::guarded([&] {
    auto& self = *static_cast<Head*>(head);
    self.logits(spud::tensor(*hidden, self.device), rows, count, spud::tensor(*logits, self.device));
  });
}
