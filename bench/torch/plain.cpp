// A llama in libtorch as one writes it by hand: linear, RMS norm, rotary embedding, softmax attention over a preallocated cache. It is
// what Backend.Torch is measured against, and knows nothing of Spud but the file of weights that Spud.Bench.Torch writes.
// usage: plain FILE f32|bf16 [threads] [prompt] [generate] [repeats]
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

using at::Tensor;

struct Layer {
  Tensor norm, q, k, v, o, ffn_norm, gate, up, down;
  Tensor keys, values;  // [G, context, D]
};

class Llama {
 public:
  Llama(const char* path, at::ScalarType type, int64_t context) : type_(type) {
    std::FILE* file = std::fopen(path, "rb");
    if (!file) throw std::runtime_error(std::string("cannot open ") + path);
    int32_t n[8];
    float f[2];
    if (std::fread(n, 4, 8, file) != 8 || std::fread(f, 4, 2, file) != 2) throw std::runtime_error("the file ends in its header");
    hidden_ = n[1], vocabulary = n[2], heads_ = n[3], kv_heads_ = n[4], width_ = n[5], inner_ = n[6], interleaved_ = n[7];
    epsilon_ = f[0];
    embedding_ = read(file, {vocabulary, hidden_});
    norm_ = read(file, {hidden_});
    for (int i = 0; i < n[0]; i++) {
      Layer l;
      l.norm = read(file, {hidden_});
      l.q = read(file, {heads_ * width_, hidden_});
      l.k = read(file, {kv_heads_ * width_, hidden_});
      l.v = read(file, {kv_heads_ * width_, hidden_});
      l.o = read(file, {hidden_, heads_ * width_});
      l.ffn_norm = read(file, {hidden_});
      l.gate = read(file, {inner_, hidden_});
      l.up = read(file, {inner_, hidden_});
      l.down = read(file, {hidden_, inner_});
      l.keys = at::zeros({kv_heads_, context, width_}, type_);
      l.values = at::zeros({kv_heads_, context, width_}, type_);
      layers_.push_back(std::move(l));
    }
    std::fclose(file);
    Tensor frequencies = at::pow(f[1], at::arange(0, width_, 2, at::kDouble).div(-width_));
    Tensor angles = at::outer(at::arange(context, at::kDouble), frequencies);
    cos_ = angles.cos().to(type_);
    sin_ = angles.sin().to(type_);
  }

  // Logits of the last token, f32 [V].
  Tensor forward(const Tensor& ids) {
    const int64_t rows = ids.size(0);
    Tensor x = at::embedding(embedding_, ids);
    for (Layer& layer : layers_) {
      x = x + attention(layer, norm(x, layer.norm));
      Tensor h = norm(x, layer.ffn_norm);
      x = x + at::linear(at::silu(at::linear(h, layer.gate)) * at::linear(h, layer.up), layer.down);
    }
    length += rows;
    return at::linear(norm(x.narrow(0, rows - 1, 1), norm_), embedding_).to(at::kFloat)[0];
  }

  int64_t vocabulary, length = 0;

 private:
  Tensor read(std::FILE* file, std::vector<int64_t> shape) {
    Tensor t = at::empty(shape, at::kFloat);
    if (std::fread(t.data_ptr(), 4, t.numel(), file) != static_cast<size_t>(t.numel())) throw std::runtime_error("the file ends too early");
    return t.to(type_);
  }

  Tensor norm(const Tensor& x, const Tensor& weight) const {
    Tensor wide = x.to(at::kFloat);
    return (wide * at::rsqrt(wide.pow(2).mean(-1, true) + epsilon_)).to(type_) * weight;
  }

  // x [heads, T, D].
  Tensor rotate(const Tensor& x) const {
    Tensor cos = cos_.narrow(0, length, x.size(1)), sin = sin_.narrow(0, length, x.size(1));
    if (interleaved_) {
      Tensor pairs = x.view({x.size(0), x.size(1), width_ / 2, 2}), a = pairs.select(3, 0), b = pairs.select(3, 1);
      return at::stack({a * cos - b * sin, b * cos + a * sin}, -1).flatten(2);
    }
    Tensor a = x.narrow(2, 0, width_ / 2), b = x.narrow(2, width_ / 2, width_ / 2);
    return at::cat({a * cos - b * sin, b * cos + a * sin}, 2);
  }

  Tensor attention(Layer& layer, const Tensor& h) {
    const int64_t rows = h.size(0), seen = length + rows, group = heads_ / kv_heads_;
    Tensor q = rotate(at::linear(h, layer.q).view({rows, heads_, width_}).transpose(0, 1).contiguous());
    Tensor k = rotate(at::linear(h, layer.k).view({rows, kv_heads_, width_}).transpose(0, 1).contiguous());
    layer.keys.narrow(1, length, rows).copy_(k);
    layer.values.narrow(1, length, rows).copy_(at::linear(h, layer.v).view({rows, kv_heads_, width_}).transpose(0, 1));
    Tensor keys = layer.keys.narrow(1, 0, seen).repeat_interleave(group, 0), values = layer.values.narrow(1, 0, seen).repeat_interleave(group, 0);
    Tensor scores = at::bmm(q, keys.transpose(1, 2)) / std::sqrt(static_cast<double>(width_));
    if (rows > 1) scores.masked_fill_(at::ones({rows, seen}, at::kBool).triu(length + 1), -INFINITY);
    Tensor y = at::bmm(at::softmax(scores, -1, at::kFloat).to(type_), values);
    return at::linear(y.transpose(0, 1).reshape({rows, heads_ * width_}), layer.o);
  }

  at::ScalarType type_;
  int64_t hidden_, heads_, kv_heads_, width_, inner_;
  bool interleaved_;
  double epsilon_;
  Tensor embedding_, norm_, cos_, sin_;
  std::vector<Layer> layers_;
};

static double seconds_of(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int main(int argc, char** argv) {
  auto number = [&](int at, int otherwise) { return argc > at ? std::atoi(argv[at]) : otherwise; };
  if (argc < 3) {
    std::fprintf(stderr, "usage: plain FILE f32|bf16 [threads] [prompt] [generate] [repeats]\n");
    return 2;
  }
  try {
    c10::InferenceMode inference;
    const int threads = number(3, 2), prompt = number(4, 256), generate = number(5, 64), repeats = number(6, 5);
    at::set_num_threads(threads);
    Llama model(argv[1], std::strcmp(argv[2], "bf16") == 0 ? at::kBFloat16 : at::kFloat, prompt + generate + 1);
    Tensor ids = at::randint(model.vocabulary, {prompt}, at::kLong);
    for (int repeat = 0; repeat <= repeats; repeat++) {
      model.length = 0;
      auto start = std::chrono::steady_clock::now();
      model.forward(ids);
      const double prefill = prompt / seconds_of(start);
      model.length = 0;
      Tensor token = ids.narrow(0, 0, 1);
      start = std::chrono::steady_clock::now();
      for (int i = 0; i < generate; i++) token = model.forward(token).argmax(-1, true);
      const double decode = generate / seconds_of(start);
      if (repeat > 0) std::printf("%3d  prefill %9.2f tokens/s  decode %9.2f tokens/s\n", repeat, prefill, decode), std::fflush(stdout);
    }
    // What it computes: the greedy continuation of one fixed token, to compare with.
    model.length = 0;
    Tensor token = at::full({1}, 1, at::kLong);
    std::printf("greedy from 1:");
    for (int i = 0; i < 12; i++) {
      token = model.forward(token).argmax(-1, true);
      std::printf(" %ld", static_cast<long>(token.item<int64_t>()));
    }
    std::printf("\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
