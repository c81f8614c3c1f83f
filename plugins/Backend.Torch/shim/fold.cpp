// Attention's Fold: an online softmax over runs of keys (Milakov and Gimelshein, arXiv:1805.02867).
#include <algorithm>
#include <limits>

#include "attention.h"

namespace spud {
namespace {

// Rows and keys that are worked on at once, so that long prompts need no more memory than short ones.
constexpr int64_t kRows = 128;
constexpr int64_t kKeys = 2048;
constexpr float kLowest = std::numeric_limits<float>::lowest();

// Rows of a state [T, H(, Dv)] as [G, rows, H / G(, Dv)], the order in which they are computed.
at::Tensor grouped(const at::Tensor& state, int64_t first, int64_t rows, int64_t groups) {
  at::Tensor part = state.narrow(0, first, rows);
  const int64_t heads = part.size(1) / groups;
  return part.dim() == 2 ? part.view({rows, groups, heads}).transpose(0, 1)
                         : part.view({rows, groups, heads, part.size(2)}).transpose(0, 1);
}

}  // namespace

void Attention::fold(const FoldInput& input, const State& state) const {
  at::Tensor query = tensor(input.query, device), keys = tensor(input.keys, device), values = tensor(input.values, device);
  for (int sequence = 0; sequence < input.sequences; sequence++) {
    const SequenceSlice& slice = input.slices[sequence];
    for (int64_t row = 0; row < slice.rows; row += kRows) {
      const Block block{slice.first_row + row, std::min<int64_t>(kRows, slice.rows - row), slice.first_position + row};
      fold_block(input, query, keys, values, sequence, block, state);
    }
  }
}

void Attention::fold_block(const FoldInput& input, const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values, int sequence,
                           const Block& block, const State& state) const {
  const int64_t group = heads_ / kv_heads_, last = block.first_position + block.rows - 1;
  const int64_t from = window_ > 0 ? block.first_position - window_ + 1 : 0;
  // [G, rows * H / G, D]: the heads of a group share their keys, so they are rows of one product.
  at::Tensor rows = query.narrow(0, block.first_row, block.rows)
                        .view({block.rows, kv_heads_, group, key_width_})
                        .transpose(0, 1)
                        .reshape({kv_heads_, block.rows * group, key_width_});
  std::vector<Segment> segments;
  int64_t waiting = 0;
  auto flush = [&] {
    if (waiting > 0) fold_keys(input, rows, keys, values, segments, block, state);
    segments.clear();
    waiting = 0;
  };
  for (int i = input.run_offsets[sequence]; i < input.run_offsets[sequence + 1]; i++) {
    Segment segment;
    if (!cut(input, input.runs[i], from, last, segment)) continue;
    while (segment.keys > 0) {
      const int64_t now = std::min(segment.keys, kKeys - waiting);
      segments.push_back({segment.run, segment.first, now});
      segment.first += now;
      segment.keys -= now;
      waiting += now;
      if (waiting == kKeys) flush();
    }
  }
  flush();
}

// The keys of a run at positions from .. to; false if there are none.
bool Attention::cut(const FoldInput& input, const KeyRun& run, int64_t from, int64_t to, Segment& segment) const {
  if (run.last_position < from || run.first_position > to) return false;
  const int32_t* positions = input.positions + static_cast<int64_t>(run.page) * input.page_tokens + run.first_key;
  const int32_t* first = std::lower_bound(positions, positions + run.keys, from);
  const int32_t* end = std::upper_bound(first, positions + run.keys, to);
  segment = {&run, run.first_key + (first - positions), end - first};
  return segment.keys > 0;
}

void Attention::fold_keys(const FoldInput& input, const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                          const std::vector<Segment>& segments, const Block& block, const State& state) const {
  auto gather = [&](const at::Tensor& pages) {
    if (segments.size() == 1) return pages.select(0, segments[0].run->page).narrow(1, segments[0].first, segments[0].keys);
    std::vector<at::Tensor> parts;
    parts.reserve(segments.size());
    for (const Segment& segment : segments) parts.push_back(pages.select(0, segment.run->page).narrow(1, segment.first, segment.keys));
    return at::cat(parts, 1);
  };
  // A device computes in the type of its pages, which its matrix units read; a processor in f32, unless pages and weights are bf16.
  const bool brain = qkv_.type() == at::kBFloat16 && keys.scalar_type() == at::kBFloat16 && values.scalar_type() == at::kBFloat16;
  const at::ScalarType math = device.where.is_cpu() && !brain ? at::kFloat : keys.scalar_type();
  at::Tensor k = gather(keys).to(math), v = gather(values).to(math);
  at::Tensor scores = at::bmm(query.to(math), k.transpose(1, 2)).to(at::kFloat);
  const bool masked = hide(input, segments, block, scores);

  at::Tensor max = scores.amax(-1, true);
  // A row that sees no key here: its maximum is finite, so that its weights become 0 and no NaN.
  if (masked) max.clamp_min_(kLowest);
  at::Tensor weights = scores.sub_(max).exp_();
  at::Tensor sum = weights.sum(-1), accumulator = at::bmm(weights.to(math), v).to(at::kFloat);

  const int64_t group = heads_ / kv_heads_;
  merge(max.view({kv_heads_, block.rows, group}), sum.view({kv_heads_, block.rows, group}),
        accumulator.view({kv_heads_, block.rows, group, value_width_}), block, state);
}

// Sets scores of keys that a row may not see to minus infinity; false if every row sees every key.
bool Attention::hide(const FoldInput& input, const std::vector<Segment>& segments, const Block& block, at::Tensor scores) const {
  auto position = [&](const Segment& segment, int64_t key) {
    return input.positions[static_cast<int64_t>(segment.run->page) * input.page_tokens + segment.first + key];
  };
  const int64_t last_row = block.first_position + block.rows - 1;
  const int64_t first = position(segments.front(), 0), last = position(segments.back(), segments.back().keys - 1);
  const bool later = last > block.first_position, older = window_ > 0 && first <= last_row - window_;
  if (!later && !older) return false;

  at::Tensor keys = at::empty({scores.size(2)}, at::kInt);
  int32_t* to = static_cast<int32_t*>(keys.data_ptr());
  for (const Segment& segment : segments) {
    const int32_t* from = input.positions + static_cast<int64_t>(segment.run->page) * input.page_tokens + segment.first;
    to = std::copy(from, from + segment.keys, to);
  }

  at::Tensor rows = at::arange(block.first_position, last_row + 1, at::TensorOptions().dtype(at::kInt)).unsqueeze(1);
  at::Tensor hidden = keys.gt(rows);
  if (older) hidden.logical_or_(keys.le(rows - window_));
  scores.view({kv_heads_, block.rows, heads_ / kv_heads_, scores.size(2)})
      .masked_fill_(hidden.to(device.where).view({1, block.rows, 1, scores.size(2)}), -std::numeric_limits<float>::infinity());
  return true;
}

void Attention::merge(const at::Tensor& max, const at::Tensor& sum, const at::Tensor& accumulator, const Block& block, const State& state) const {
  at::Tensor old_max = grouped(state.max, block.first_row, block.rows, kv_heads_);
  at::Tensor old_sum = grouped(state.sum, block.first_row, block.rows, kv_heads_);
  at::Tensor old_accumulator = grouped(state.accumulator, block.first_row, block.rows, kv_heads_);
  if (device.is_host) {
    const float* sums = static_cast<const float*>(state.sum.data_ptr()) + block.first_row * heads_;
    if (std::all_of(sums, sums + block.rows * heads_, [](float s) { return s == 0; })) {
      old_max.copy_(max);
      old_sum.copy_(sum);
      old_accumulator.copy_(accumulator);
      return;
    }
  }

  // An empty entry's maximum and accumulator may hold NaN: they are replaced, never multiplied.
  at::Tensor empty = old_sum.le(0);
  at::Tensor before = old_max.masked_fill(empty, kLowest), top = at::maximum(before, max);
  at::Tensor keep = at::exp(before - top), add = at::exp(max - top);
  old_accumulator.copy_(old_accumulator.masked_fill(empty.unsqueeze(3), 0) * keep.unsqueeze(3) + accumulator * add.unsqueeze(3));
  old_sum.copy_(old_sum * keep + sum * add);
  old_max.copy_(top);
}

}  // namespace spud
