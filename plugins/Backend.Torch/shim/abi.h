// What crosses the border between Backend.Torch's managed code and this shim. Mirrored in Native/*.cs, member for member.
#pragma once
#include <cstdint>

#define SPUD_API extern "C" __attribute__((visibility("default")))

// Changes with every change of this file; the managed side refuses a shim of another number.
constexpr int32_t kAbi = 1;

// A contiguous, row-major array of somebody else's. Types are GGML's numbers: 0 f32, 1 f16, 24 i8, 26 i32, 30 bf16. Rank 0: absent.
struct View {
  void* address;
  int32_t type;
  int32_t rank;
  int64_t shape[4];
};

// Keys that lie together in a page (Spud.KeyRun).
struct KeyRun {
  int32_t page, first_key, keys, first_position, last_position;
};

// One sequence of a step (Spud.SequenceSlice).
struct SequenceSlice {
  int32_t id, first_row, rows, first_position, phase;
  float effort;
};

// Where a component computes.
struct Place {
  const char* device;  // "cpu", "cuda:0"
  int32_t is_host;     // whether the processor may read the addresses of views
};

struct HeadConfig {
  Place place;
  View embedding;  // [V, C]
  View norm;       // f32 [C]
  View output;     // [V, C]
  float epsilon, embedding_scale, logit_scale;
};

struct AttentionConfig {
  Place place;
  View norm;         // f32 [C]
  View qkv;          // [H * D + G * D + G * Dv, C]
  View qkv_bias;     // f32 [H * D + G * D + G * Dv], or absent
  View query_norm;   // f32 [D] or [H * D], or absent
  View key_norm;     // f32 [D] or [G * D], or absent
  View cos, sin;     // f32 [context, W / 2], or absent
  View output;       // [C, H * Dv]
  View output_bias;  // f32 [C], or absent
  View sinks;        // f32 [H], or absent
  View post_norm;    // f32 [C], or absent
  int32_t query_heads, kv_heads, key_width, value_width;
  int32_t head_norm;         // whether the norms are of one head
  int32_t rope_interleaved;  // whether pairs are neighbours
  int32_t window;            // keys that a row sees; 0: all
  float epsilon, score_scale, residual_scale;
};

struct FoldInput {
  View query;                    // f32 [T, H, D]
  View keys;                     // [N, G, P, D]
  View values;                   // [N, G, P, Dv]
  const int32_t* positions;      // [N, P], on the host
  const KeyRun* runs;            // on the host
  const int32_t* run_offsets;    // [S + 1], on the host
  const SequenceSlice* slices;   // [S], on the host
  int32_t sequences;             // S
  int32_t page_tokens;           // P
};

struct StateViews {
  View max;          // f32 [T, H]
  View sum;          // f32 [T, H]
  View accumulator;  // f32 [T, H, Dv]
};

struct RouterConfig {
  Place place;
  View norm;  // f32 [C]
  View gate;  // f32 [E, C]
  View bias;  // f32 [E], or absent
  int32_t used;
  int32_t renormalises;
  float epsilon;
};

struct PlanViews {
  View offsets;  // i32 [T + 1]
  View experts;  // i32 [entries]
  View weights;  // f32 [entries]
};

struct ExpertsConfig {
  Place place;
  View norm;            // f32 [C]
  View gate_up;         // [E, 2 F, C]
  View gate_up_bias;    // f32 [E, 2 F], or absent
  View down;            // [E, C, F]
  View down_bias;       // f32 [E, C], or absent
  View shared_gate_up;  // [1, 2 Fs, C], or absent
  View shared_down;     // [1, C, Fs], or absent
  View shared_gate;     // f32 [1, C], or absent
  View post_norm;       // f32 [C], or absent
  int32_t activation;   // 0 SiLU, 1 GELU, 2 clamped SwiGLU
  float limit;          // of the clamped SwiGLU
  float epsilon, residual_scale;
};
