// Softmax over all experts, then the K largest; of equals the lower number.
#include "linear.h"

namespace {

struct Router {
  explicit Router(const RouterConfig& config)
      : device(config.place),
        norm(spud::tensor(config.norm, device)),
        gate(spud::tensor(config.gate, device), spud::tensor(config.bias, device)),
        used(config.used),
        renormalises(config.renormalises != 0),
        epsilon(config.epsilon) {}

  void route(const at::Tensor& hidden, at::Tensor offsets, at::Tensor experts, at::Tensor weights) const {
    const int64_t rows = hidden.size(0);
    at::Tensor probabilities = at::softmax(gate.apply(spud::rms_norm(hidden, norm, epsilon)), -1);
    auto sorted = at::sort(probabilities, /*stable=*/true, -1, /*descending=*/true);
    at::Tensor best = std::get<0>(sorted).narrow(1, 0, used);
    if (renormalises) best = best / best.sum(-1, true);
    experts.narrow(0, 0, rows * used).view({rows, used}).copy_(std::get<1>(sorted).narrow(1, 0, used));
    weights.narrow(0, 0, rows * used).view({rows, used}).copy_(best);
    offsets.copy_(at::arange(0, (rows + 1) * used, used, offsets.options()));
  }

  spud::Device device;
  at::Tensor norm;
  spud::Linear gate;
  int64_t used;
  bool renormalises;
  double epsilon;
};

}  // namespace

SPUD_API const char* spud_torch_router(const RouterConfig* config, void** made) {
  return spud::guarded([&] { *made = new Router(*config); });
}

SPUD_API void spud_torch_router_free(void* router) { delete static_cast<Router*>(router); }

SPUD_API const char* spud_torch_router_route(void* router, const View* hidden, const PlanViews* plan) {
  return spud::guarded([&] {
    auto& self = *static_cast<Router*>(router);
    self.route(spud::tensor(*hidden, self.device), spud::tensor(plan->offsets, self.device), spud::tensor(plan->experts, self.device),
               spud::tensor(plan->weights, self.device));
  });
}
