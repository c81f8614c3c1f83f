#pragma once
#include <vector>

#include "linear.h"

namespace spud {

// A state as tensors on the component's device.
struct State {
  at::Tensor max, sum;     // f32 [T, H]
  at::Tensor accumulator;  // f32 [T, H, Dv]
};

// Attention of one layer.
class Attention {
 public:
  explicit Attention(const AttentionConfig& config);

  void project(const at::Tensor& input, const at::Tensor& positions, at::Tensor query, at::Tensor key, at::Tensor value) const;
  void fold(const FoldInput& input, const State& state) const;
  void finish(const State& state, at::Tensor output) const;

  Device device;

 private:
  // Keys of one page that lie together and are read in one go.
  struct Segment {
    const KeyRun* run;
    int64_t first, keys;
  };

  // Neighbouring rows of one sequence.
  struct Block {
    int64_t first_row, rows, first_position;
  };

  at::Tensor turned(const at::Tensor& heads, const at::Tensor& positions) const;
  void turn(const at::Tensor& from, at::Tensor to, const at::Tensor& cos, const at::Tensor& sin) const;
  at::Tensor attended(const State& state) const;

  void fold_block(const FoldInput& input, const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values, int sequence,
                  const Block& block, const State& state) const;
  void fold_keys(const FoldInput& input, const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                 const std::vector<Segment>& segments, const Block& block, const State& state) const;
  bool cut(const FoldInput& input, const KeyRun& run, int64_t from, int64_t to, Segment& segment) const;
  bool hide(const FoldInput& input, const std::vector<Segment>& segments, const Block& block, at::Tensor scores) const;
  void merge(const at::Tensor& max, const at::Tensor& sum, const at::Tensor& accumulator, const Block& block, const State& state) const;

  int64_t heads_, kv_heads_, key_width_, value_width_, window_;
  bool interleaved_;
  double epsilon_, residual_scale_;
  at::Tensor norm_, query_norm_, key_norm_, head_norm_, cos_, sin_, sinks_, post_norm_, score_scale_;
  Linear qkv_, output_;
};

}  // namespace spud
