// Whether the shim that was just built loads and computes: y = x W^T through a head of two tokens.
#include <cmath>
#include <cstdio>

#include "abi.h"

extern "C" {
int32_t spud_torch_abi();
const char* spud_torch_built();
const char* spud_torch_head(const HeadConfig*, void**);
const char* spud_torch_head_logits(void*, const View*, const int32_t*, int32_t, const View*);
void spud_torch_head_free(void*);
}

int main() {
  float embedding[4] = {1, 0, 0, 2}, norm[2] = {1, 1}, hidden[2] = {3, 4}, logits[2] = {};
  HeadConfig config{};
  config.place = {"cpu", 1};
  config.embedding = config.output = {embedding, 0, 2, {2, 2}};
  config.norm = {norm, 0, 1, {2}};
  config.embedding_scale = config.logit_scale = 1;
  void* head = nullptr;
  const char* error = spud_torch_head(&config, &head);
  const int32_t row = 0;
  View from{hidden, 0, 2, {1, 2}}, to{logits, 0, 2, {1, 2}};
  if (!error) error = spud_torch_head_logits(head, &from, &row, 1, &to);
  if (error) {
    std::fprintf(stderr, "%s\n", error);
    return 1;
  }

  const float length = std::sqrt(12.5f);
  if (std::fabs(logits[0] - 3 / length) > 1e-5f || std::fabs(logits[1] - 8 / length) > 1e-5f) {
    std::fprintf(stderr, "computed %g and %g\n", logits[0], logits[1]);
    return 1;
  }

  spud_torch_head_free(head);
  std::printf("libtorch %s, shim %d\n", spud_torch_built(), spud_torch_abi());
  return 0;
}
