// Attention's Project and Finish; Fold is in fold.cpp.
#include "attention.h"

#include <algorithm>

namespace spud {

Attention::Attention(const AttentionConfig& config)
    : device(config.place),
      heads_(config.query_heads),
      kv_heads_(config.kv_heads),
      key_width_(config.key_width),
      value_width_(config.value_width),
      window_(config.window),
      interleaved_(config.rope_interleaved != 0),
      epsilon_(config.epsilon),
      residual_scale_(config.residual_scale),
      norm_(tensor(config.norm, device)),
      query_norm_(tensor(config.query_norm, device)),
      key_norm_(tensor(config.key_norm, device)),
      cos_(tensor(config.cos, device)),
      sin_(tensor(config.sin, device)),
      sinks_(tensor(config.sinks, device)),
      post_norm_(tensor(config.post_norm, device)),
      score_scale_(at::full({}, config.score_scale, at::kFloat)),
      qkv_(tensor(config.qkv, device), tensor(config.qkv_bias, device)),
      output_(tensor(config.output, device), tensor(config.output_bias, device)) {
  if (config.head_norm != 0)
    head_norm_ = at::cat({query_norm_.expand({heads_, key_width_}), key_norm_.expand({kv_heads_, key_width_})});
}

void Attention::project(const at::Tensor& input, const at::Tensor& positions, at::Tensor query, at::Tensor key, at::Tensor value) const {
  const int64_t rows = input.size(0), q = heads_ * key_width_, k = kv_heads_ * key_width_;
  at::Tensor all = qkv_.apply(rms_norm(input, norm_, epsilon_));
  if (query_norm_.defined() && !head_norm_.defined()) {
    at::Tensor queries = all.narrow(1, 0, q), keys = all.narrow(1, q, k);
    queries.copy_(rms_norm(queries, query_norm_, epsilon_));
    keys.copy_(rms_norm(keys, key_norm_, epsilon_));
  }

  // Queries and keys are normed and turned alike, in one go.
  at::Tensor heads = all.narrow(1, 0, q + k).view({rows, heads_ + kv_heads_, key_width_});
  if (head_norm_.defined()) heads = rms_norm(heads, head_norm_, epsilon_);
  if (cos_.defined()) heads = turned(heads, positions);
  at::mul_out(query, heads.narrow(1, 0, heads_), score_scale_);
  key.copy_(heads.narrow(1, heads_, kv_heads_));
  value.copy_(all.narrow(1, q + k, kv_heads_ * value_width_).view({rows, kv_heads_, value_width_}));
}

at::Tensor Attention::turned(const at::Tensor& heads, const at::Tensor& positions) const {
  const int64_t width = 2 * cos_.size(1), still = key_width_ - width;
  at::Tensor result = at::empty(heads.sizes(), heads.options());
  turn(heads.narrow(2, 0, width), result.narrow(2, 0, width), cos_.index_select(0, positions).unsqueeze(1),
       sin_.index_select(0, positions).unsqueeze(1));
  if (still > 0) result.narrow(2, width, still).copy_(heads.narrow(2, width, still));
  return result;
}

void Attention::turn(const at::Tensor& from, at::Tensor to, const at::Tensor& cos, const at::Tensor& sin) const {
  const int64_t width = from.size(2), half = width / 2;
  auto first = [&](const at::Tensor& x) { return interleaved_ ? x.slice(2, 0, width, 2) : x.narrow(2, 0, half); };
  auto second = [&](const at::Tensor& x) { return interleaved_ ? x.slice(2, 1, width, 2) : x.narrow(2, half, half); };
  at::Tensor a = first(from), b = second(from), x = first(to), y = second(to);
  at::mul_out(x, a, cos);
  x.addcmul_(b, sin, -1);
  at::mul_out(y, b, cos);
  y.addcmul_(a, sin, 1);
}

void Attention::finish(const State& state, at::Tensor output) const {
  at::Tensor rows = attended(state).view({output.size(0), heads_ * value_width_});
  if (post_norm_.defined())
    output.add_(rms_norm(output_.apply(rows), post_norm_, epsilon_), residual_scale_);
  else
    output_.add_to(output, rows, residual_scale_);
}

// The accumulators, in place: sinks join the sum, and the sum divides. What is empty becomes 0, whatever its memory holds.
at::Tensor Attention::attended(const State& state) const {
  at::Tensor factor;
  if (sinks_.defined()) {
    at::Tensor top = at::maximum(state.max, sinks_), keep = at::exp(state.max - top);
    factor = keep / (state.sum * keep + at::exp(sinks_ - top));
  } else {
    factor = state.sum.reciprocal();
  }

  const float* sums = device.is_host ? static_cast<const float*>(state.sum.data_ptr()) : nullptr;
  const bool complete = sums != nullptr && std::all_of(sums, sums + state.sum.numel(), [](float sum) { return sum > 0; });
  if (complete) return state.accumulator.mul_(factor.unsqueeze(2));

  at::Tensor empty = state.sum.le(0);
  return state.accumulator.mul_(factor.unsqueeze(2)).masked_fill_(empty.unsqueeze(2), 0);
}

}  // namespace spud

namespace {

spud::State state_of(const spud::Device& device, const StateViews& views) {
  return {spud::tensor(views.max, device), spud::tensor(views.sum, device), spud::tensor(views.accumulator, device)};
}

}  // namespace

SPUD_API const char* spud_torch_attention(const AttentionConfig* config, void** made) {
  return spud::guarded([&] { *made = new spud::Attention(*config); });
}

SPUD_API void spud_torch_attention_free(void* attention) { delete static_cast<spud::Attention*>(attention); }

SPUD_API const char* spud_torch_attention_project(void* attention, const View* input, const View* positions, const View* query, const View* key,
                                                  const View* value) {
  return spud::guarded([&] {
    auto& self = *static_cast<spud::Attention*>(attention);
    self.project(spud::tensor(*input, self.device), spud::tensor(*positions, self.device), spud::tensor(*query, self.device),
                 spud::tensor(*key, self.device), spud::tensor(*value, self.device));
  });
}

SPUD_API const char* spud_torch_attention_fold(void* attention, const FoldInput* input, const StateViews* state) {
  return spud::guarded([&] {
    auto& self = *static_cast<spud::Attention*>(attention);
    self.fold(*input, state_of(self.device, *state));
  });
}

SPUD_API const char* spud_torch_attention_finish(void* attention, const StateViews* state, const View* output) {
  return spud::guarded([&] {
    auto& self = *static_cast<spud::Attention*>(attention);
    self.finish(state_of(self.device, *state), spud::tensor(*output, self.device));
  });
}

// Tables of a rotary embedding: cos and sin [positions, W / 2] of position * frequency, times magnitude, computed in double precision.
SPUD_API const char* spud_torch_rope(const Place* place, const double* frequencies, int32_t count, double magnitude, const View* cos, const View* sin) {
  return spud::guarded([&] {
    const spud::Device device(*place);
    constexpr int64_t kChunk = 4096;
    at::Tensor turns = at::from_blob(const_cast<double*>(frequencies), {count}, at::kDouble).to(device.where);
    at::Tensor c = spud::tensor(*cos, device), s = spud::tensor(*sin, device);
    for (int64_t first = 0; first < c.size(0); first += kChunk) {
      const int64_t rows = std::min(kChunk, c.size(0) - first);
      at::Tensor angles = at::arange(first, first + rows, turns.options()).unsqueeze(1) * turns;
      c.narrow(0, first, rows).copy_(angles.cos().mul_(magnitude));
      s.narrow(0, first, rows).copy_(angles.sin().mul_(magnitude));
    }
  });
}
