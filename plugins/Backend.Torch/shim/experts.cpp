// Gated feed-forward experts: rows by expert, one product for all rows of an expert.
#include <algorithm>
#include <vector>

#include "linear.h"

namespace {

enum Activation : int32_t { kSilu = 0, kGelu = 1, kClampedSwiGlu = 2 };

struct Expert {
  spud::Linear gate_up;  // [2 F, C]
  spud::Linear down;     // [C, F]
};

// Entries of a plan up to which a device gathers weights rather than waiting for the plan.
constexpr int64_t kGathered = 16;

// The rows of one expert, ascending, with their multipliers.
struct Group {
  std::vector<int64_t> rows;
  std::vector<float> weights;
};

class Experts {
 public:
  explicit Experts(const ExpertsConfig& config)
      : device(config.place),
        norm_(spud::tensor(config.norm, device)),
        shared_gate_(spud::tensor(config.shared_gate, device)),
        post_norm_(spud::tensor(config.post_norm, device)),
        gate_up_(spud::tensor(config.gate_up, device)),
        gate_up_bias_(spud::tensor(config.gate_up_bias, device)),
        down_(spud::tensor(config.down, device)),
        down_bias_(spud::tensor(config.down_bias, device)),
        routed_(experts(config.gate_up, config.gate_up_bias, config.down, config.down_bias)),
        shared_(experts(config.shared_gate_up, {}, config.shared_down, {})),
        groups_(routed_.size()),
        activation_(config.activation),
        limit_(config.limit),
        epsilon_(config.epsilon),
        residual_scale_(config.residual_scale) {}

  void execute(const at::Tensor& input, const PlanViews& plan, at::Tensor output) {
    at::Tensor normed = spud::rms_norm(input, norm_, epsilon_), rows = routed_[0].gate_up.prepare(normed);
    // From here on the input is not read any more: it may be the output.
    at::Tensor target = post_norm_.defined() ? at::zeros_like(output) : output;
    const double factor = post_norm_.defined() ? 1 : residual_scale_;
    if (gathers(plan))
      run_gathered(plan, rows, factor, target);
    else
      run_grouped(plan, rows, factor, target);
    if (!shared_.empty()) run_shared(normed, factor, target);
    if (post_norm_.defined()) output.add_(spud::rms_norm(target, post_norm_, epsilon_), residual_scale_);
  }

  spud::Device device;

 private:
  std::vector<Expert> experts(const View& gate_up, const View& gate_up_bias, const View& down, const View& down_bias) const {
    std::vector<Expert> made;
    at::Tensor gu = spud::tensor(gate_up, device), gub = spud::tensor(gate_up_bias, device);
    at::Tensor d = spud::tensor(down, device), db = spud::tensor(down_bias, device);
    for (int64_t i = 0; gu.defined() && i < gu.size(0); i++)
      made.push_back({spud::Linear(gu.select(0, i), gub.defined() ? gub.select(0, i) : at::Tensor()),
                      spud::Linear(d.select(0, i), db.defined() ? db.select(0, i) : at::Tensor())});
    return made;
  }

  void run_grouped(const PlanViews& plan, const at::Tensor& rows, double factor, at::Tensor target) {
    take(plan, rows.size(0));
    for (size_t i = 0; i < routed_.size(); i++)
      if (!groups_[i].rows.empty()) run(routed_[i], groups_[i], rows, factor, target);
  }

  bool gathers(const PlanViews& plan) const { return !device.is_host && routed_.size() > 1 && plan.experts.shape[0] <= kGathered; }

  // A few rows on a device: every entry brings the weights of its expert, and nobody waits to read the plan. Nobody has checked it, either:
  // entries that cannot be count nothing.
  void run_gathered(const PlanViews& plan, const at::Tensor& rows, double factor, at::Tensor target) const {
    at::Tensor offsets = spud::tensor(plan.offsets, device), ids = spud::tensor(plan.experts, device), weights = spud::tensor(plan.weights, device);
    const int64_t count = ids.size(0), last = rows.size(0) - 1, experts = static_cast<int64_t>(routed_.size());
    at::Tensor entries = at::arange(count, ids.options());
    at::Tensor row = at::searchsorted(offsets.narrow(0, 1, last + 1), entries, /*out_int32=*/false, /*right=*/true);
    at::Tensor wrong = row.gt(last).logical_or_(ids.lt(0)).logical_or_(ids.ge(experts));
    at::Tensor expert = ids.clamp(0, experts - 1).to(at::kLong), source = row.clamp_max(last);
    at::Tensor inner = activated(chosen(gate_up_, gate_up_bias_, expert, rows.index_select(0, source)));
    at::Tensor results = chosen(down_, down_bias_, expert, inner);
    // [T, entries]: a product adds the entries of a row in one order, always.
    at::Tensor share = source.unsqueeze(0).eq(at::arange(last + 1, source.options()).unsqueeze(1)).to(at::kFloat);
    target.addmm_(share.mul_(weights.masked_fill(wrong, 0).unsqueeze(0)), results, 1, factor);
  }

  // y[i] = W[expert[i]] x[i] + bias[expert[i]], in f32.
  static at::Tensor chosen(const at::Tensor& matrices, const at::Tensor& biases, const at::Tensor& expert, const at::Tensor& x) {
    at::Tensor y = at::bmm(matrices.index_select(0, expert), x.to(matrices.scalar_type()).unsqueeze(2)).squeeze(2).to(at::kFloat);
    return biases.defined() ? y.add_(biases.index_select(0, expert)) : y;
  }

  // Groups a plan by expert. A plan on a device comes over first, and nobody has checked it: entries that cannot be are left out.
  void take(const PlanViews& plan, int64_t rows) {
    for (Group& group : groups_) {
      group.rows.clear();
      group.weights.clear();
    }

    // The host writes the plan of a dense layer: every row, once. A device need not wait to read that.
    if (groups_.size() == 1 && !device.is_host) {
      for (int64_t row = 0; row < rows; row++) groups_[0].rows.push_back(row);
      groups_[0].weights.assign(groups_[0].rows.size(), 1.0f);
      return;
    }

    at::Tensor offsets = on_host(plan.offsets), ids = on_host(plan.experts), weights = on_host(plan.weights);
    const int32_t* at = static_cast<const int32_t*>(offsets.data_ptr());
    const int32_t* id = static_cast<const int32_t*>(ids.data_ptr());
    const float* weight = static_cast<const float*>(weights.data_ptr());
    const int64_t entries = ids.size(0), count = static_cast<int64_t>(groups_.size());
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t i = std::max<int64_t>(0, at[row]), end = std::min<int64_t>(entries, at[row + 1]); i < end; i++) {
        if (id[i] < 0 || id[i] >= count) continue;
        groups_[id[i]].rows.push_back(row);
        groups_[id[i]].weights.push_back(weight[i]);
      }
    }
  }

  at::Tensor on_host(const View& view) const {
    at::Tensor there = spud::tensor(view, device);
    return device.is_host ? there : there.to(at::kCPU);
  }

  void run(const Expert& expert, const Group& group, const at::Tensor& rows, double factor, at::Tensor target) const {
    const int64_t count = static_cast<int64_t>(group.rows.size()), first = group.rows.front();
    const bool together = group.rows.back() - first + 1 == count && std::is_sorted(group.rows.begin(), group.rows.end());
    const bool alike = std::all_of(group.weights.begin(), group.weights.end(), [&](float w) { return w == group.weights[0]; });
    if (together && alike) {
      at::Tensor inner = activated(expert.gate_up.apply_narrow(rows.narrow(0, first, count)));
      expert.down.add_to(target.narrow(0, first, count), inner, factor * group.weights[0]);
      return;
    }

    at::Tensor index = at::from_blob(const_cast<int64_t*>(group.rows.data()), {count}, at::kLong).to(device.where);
    at::Tensor weights = at::from_blob(const_cast<float*>(group.weights.data()), {count, 1}, at::kFloat).to(device.where);
    at::Tensor inner = activated(expert.gate_up.apply_narrow(rows.index_select(0, index)));
    target.index_add_(0, index, expert.down.apply(inner).mul_(weights).mul_(factor));
  }

  void run_shared(const at::Tensor& normed, double factor, at::Tensor target) const {
    const Expert& expert = shared_[0];
    at::Tensor inner = activated(expert.gate_up.apply_narrow(normed));
    if (!shared_gate_.defined()) {
      expert.down.add_to(target, inner, factor);
      return;
    }

    at::Tensor weights = at::mm(normed, shared_gate_.t()).sigmoid_();
    target.add_(expert.down.apply(inner).mul_(weights), factor);
  }

  // act(gate) * up, over the gate's memory: rows stay 2 F apart.
  at::Tensor activated(at::Tensor gate_up) const {
    const int64_t width = gate_up.size(1) / 2;
    at::Tensor gate = gate_up.narrow(1, 0, width), up = gate_up.narrow(1, width, width);
    switch (activation_) {
      case kGelu:
        return gate.copy_(at::gelu(gate, "tanh")).mul_(up);
      case kClampedSwiGlu:
        gate.clamp_max_(limit_);
        return gate.mul_(at::sigmoid(gate * 1.702)).mul_(up.clamp_(-limit_, limit_).add_(1));
      default:
        return at::silu_(gate).mul_(up);
    }
  }

  at::Tensor norm_, shared_gate_, post_norm_, gate_up_, gate_up_bias_, down_, down_bias_;
  std::vector<Expert> routed_, shared_;
  std::vector<Group> groups_;
  int32_t activation_;
  double limit_, epsilon_, residual_scale_;
};

}  // namespace

SPUD_API const char* spud_torch_experts(const ExpertsConfig* config, void** made) {
  return spud::guarded([&] { *made = new Experts(*config); });
}

SPUD_API void spud_torch_experts_free(void* experts) { delete static_cast<Experts*>(experts); }

SPUD_API const char* spud_torch_experts_execute(void* experts, const View* input, const PlanViews* plan, const View* output) {
  return spud::guarded([&] {
    auto& self = *static_cast<Experts*>(experts);
    self.execute(spud::tensor(*input, self.device), *plan, spud::tensor(*output, self.device));
  });
}
