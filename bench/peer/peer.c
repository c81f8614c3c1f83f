// llama.cpp through its C API, for measurements and references beside Spud. Built by setup.sh.
//
//   peer bench MODEL THREADS KV        reads works from standard input, a line each: PROMPT GENERATE DEPTH BATCH; answers each with a
//                                      line {"prefill": tokens/s, "decode": tokens/s}. KV is f16 or q8_0.
//   peer logits MODEL TEXT PREFIX [SCALING NUMBER]
//                                      PREFIX.tokens.bin (int32), PREFIX.logits.bin (float32, every position), PREFIX.nll.bin. SCALING of RoPE
//                                      in place of the model's: linear or yarn with a factor, or base with another base (NTK)
//   peer tokenize MODEL INP SPECIAL    ids of the sections of INP, as in llama.cpp's ggml-vocab-*.inp; SPECIAL is 0 or 1
//   peer quantize IN OUT TYPE THREADS  TYPE is llama.cpp's number: 1 F16, 2 Q4_0, 3 Q4_1, 7 Q8_0, 15 Q4_K_M, 18 Q6_K, 32 BF16
//   peer make dense|mixture OUT        a random-weight F16 model: dense 495 M (llama) or mixture 913 M parameters (qwen3moe)
#include "gguf.h"
#include "llama.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MICRO_BATCH 512
#define LONGEST_TEXT (1 << 24)

static void fail(const char *what, const char *about) {
    fprintf(stderr, "peer: %s: %s\n", what, about);
    exit(1);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void log_errors(enum ggml_log_level level, const char *text, void *data) {
    (void)data;
    if (level >= GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

static struct llama_model *load(const char *path, int vocabulary_only) {
    struct llama_model_params params = llama_model_default_params();
    params.vocab_only = vocabulary_only;
    struct llama_model *model = llama_model_load_from_file(path, params);
    if (!model) fail("cannot load", path);
    return model;
}

// Scaling of RoPE in place of the model's: kind and factor, as the command line has them.
static const char *rope = NULL, *rope_factor = NULL;

static void scale_rope(struct llama_context_params *params) {
    float factor = (float)atof(rope_factor);
    if (!strcmp(rope, "linear")) params->rope_scaling_type = LLAMA_ROPE_SCALING_TYPE_LINEAR;
    else if (!strcmp(rope, "yarn")) params->rope_scaling_type = LLAMA_ROPE_SCALING_TYPE_YARN;
    else if (strcmp(rope, "base")) fail("unknown scaling", rope);
    if (strcmp(rope, "base")) params->rope_freq_scale = 1 / factor;
    else params->rope_freq_base = factor; // NTK is another base
}

static struct llama_context *context(struct llama_model *model, int tokens, int sequences, int threads, enum ggml_type kv) {
    struct llama_context_params params = llama_context_default_params();
    if (rope) scale_rope(&params);
    params.n_ctx = tokens;
    params.n_batch = tokens;
    params.n_ubatch = MICRO_BATCH;
    params.n_seq_max = sequences;
    params.n_threads = params.n_threads_batch = threads;
    params.kv_unified = true;
    params.type_k = params.type_v = kv;
    params.flash_attn_type = kv == GGML_TYPE_F32 ? LLAMA_FLASH_ATTN_TYPE_DISABLED : LLAMA_FLASH_ATTN_TYPE_ENABLED;
    struct llama_context *made = llama_init_from_model(model, params);
    if (!made) fail("no context", "too large?");
    return made;
}

// ---- bench ----

static void decode(struct llama_context *ctx, struct llama_batch batch) {
    if (llama_decode(ctx, batch)) fail("llama_decode", "failed");
    llama_synchronize(ctx);
}

// Tokens that sequence 0 holds of the text, 0 for none.
static int held = 0;

static void clear(struct llama_context *ctx) {
    llama_memory_clear(llama_get_memory(ctx), true);
    held = 0;
}

static double prefill(struct llama_context *ctx, int *tokens, int count) {
    clear(ctx);
    double start = seconds();
    decode(ctx, llama_batch_get_one(tokens, count));
    return count / (seconds() - start);
}

static void add(struct llama_batch *batch, int token, int position, int sequence) {
    int i = batch->n_tokens++;
    batch->token[i] = token;
    batch->pos[i] = position;
    batch->n_seq_id[i] = 1;
    batch->seq_id[i][0] = sequence;
    batch->logits[i] = 1;
}

// The depth is read once, kept for the next work of the same depth, and copied to the other sequences.
static double generate(struct llama_context *ctx, int *tokens, int vocabulary, int count, int depth, int sequences) {
    if (!depth || depth != held) {
        clear(ctx);
        if (depth) decode(ctx, llama_batch_get_one(tokens, depth));
        held = depth;
    }
    llama_memory_t memory = llama_get_memory(ctx);
    llama_memory_seq_rm(memory, 0, depth, -1);
    for (int s = 1; s < sequences; s++) {
        llama_memory_seq_rm(memory, s, -1, -1);
        if (depth) llama_memory_seq_cp(memory, 0, s, -1, -1);
    }
    struct llama_batch batch = llama_batch_init(sequences, 0, 1);
    double start = seconds();
    for (int i = 0; i < count; i++) {
        batch.n_tokens = 0;
        for (int s = 0; s < sequences; s++) add(&batch, (tokens[i] + s) % vocabulary, depth + i, s);
        decode(ctx, batch);
    }
    double elapsed = seconds() - start;
    llama_batch_free(batch);
    return count * sequences / elapsed;
}

static int bench(char **argv) {
    struct llama_model *model = load(argv[2], 0);
    int threads = atoi(argv[3]), vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    enum ggml_type kv = !strcmp(argv[4], "q8_0") ? GGML_TYPE_Q8_0 : GGML_TYPE_F16;
    int size = 0, most = 0, prompt, count, depth, sequences;
    struct llama_context *ctx = NULL;
    while (scanf("%d %d %d %d", &prompt, &count, &depth, &sequences) == 4) {
        int longest = (prompt > depth ? prompt : depth) + sequences * count + 8;
        if (!ctx || longest > size || sequences > most) {
            if (ctx) llama_free(ctx);
            ctx = context(model, size = longest, most = sequences, threads, kv);
            held = 0;
        }
        int *tokens = malloc(sizeof(int) * longest);
        srand(1);
        for (int i = 0; i < longest; i++) tokens[i] = rand() % vocabulary;
        double reading = prompt ? prefill(ctx, tokens, prompt) : 0;
        double writing = count ? generate(ctx, tokens, vocabulary, count, depth, sequences) : 0;
        printf("{\"prefill\": %.3f, \"decode\": %.3f}\n", reading, writing);
        fflush(stdout);
        free(tokens);
    }
    return 0;
}

// ---- references ----

static char *read_file(const char *path, int *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail("cannot read", path);
    char *text = malloc(LONGEST_TEXT);
    *length = fread(text, 1, LONGEST_TEXT - 1, file);
    text[*length] = 0;
    fclose(file);
    return text;
}

static void write_file(const char *prefix, const char *suffix, const void *data, size_t bytes) {
    char path[4096];
    snprintf(path, sizeof path, "%s.%s.bin", prefix, suffix);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file)) fail("cannot write", path);
}

static float loss(const float *row, int vocabulary, int token) {
    double max = row[0], sum = 0;
    for (int j = 1; j < vocabulary; j++) if (row[j] > max) max = row[j];
    for (int j = 0; j < vocabulary; j++) sum += exp(row[j] - max);
    return (float)(log(sum) + max - row[token]);
}

static int logits(char **argv) {
    struct llama_model *model = load(argv[2], 0);
    const struct llama_vocab *vocab = llama_model_get_vocab(model);
    int vocabulary = llama_vocab_n_tokens(vocab), length;
    char *text = read_file(argv[3], &length);
    int *tokens = malloc(sizeof(int) * (length + 16));
    int count = llama_tokenize(vocab, text, length, tokens, length + 16, true, true);
    struct llama_context *ctx = context(model, count < 256 ? 256 : count, 1, 1, GGML_TYPE_F32);
    struct llama_batch batch = llama_batch_init(count, 0, 1);
    for (int i = 0; i < count; i++) add(&batch, tokens[i], i, 0);
    decode(ctx, batch);
    float *rows = malloc(sizeof(float) * count * vocabulary), *losses = malloc(sizeof(float) * count);
    double total = 0;
    for (int i = 0; i < count; i++) {
        memcpy(rows + (size_t)i * vocabulary, llama_get_logits_ith(ctx, i), sizeof(float) * vocabulary);
        if (i + 1 < count) total += losses[i] = loss(rows + (size_t)i * vocabulary, vocabulary, tokens[i + 1]);
    }
    write_file(argv[4], "tokens", tokens, sizeof(int) * count);
    write_file(argv[4], "logits", rows, sizeof(float) * count * vocabulary);
    write_file(argv[4], "nll", losses, sizeof(float) * (count - 1));
    printf("%d tokens, perplexity %.6f\n", count, exp(total / (count - 1)));
    return 0;
}

static int tokenize(char **argv) {
    const char *separator = "\n__ggml_vocab_test__\n";
    const struct llama_vocab *vocab = llama_model_get_vocab(load(argv[2], 1));
    int length;
    char *text = read_file(argv[3], &length), *at = text;
    int *tokens = malloc(sizeof(int) * (length + 16));
    while (at < text + length) {
        char *end = strstr(at, separator);
        int count = llama_tokenize(vocab, at, end ? end - at : text + length - at, tokens, length + 16, false, atoi(argv[4]));
        for (int i = 0; i < count; i++) printf(" %d", tokens[i]);
        printf("\n");
        if (!end) break;
        at = end + strlen(separator);
    }
    return 0;
}

static int quantize(char **argv) {
    struct llama_model_quantize_params params = llama_model_quantize_default_params();
    params.ftype = atoi(argv[4]);
    params.nthread = atoi(argv[5]);
    params.allow_requantize = true;
    return (int)llama_model_quantize(argv[2], argv[3], &params);
}

// ---- random models ----

static unsigned long long state = 0x9e3779b97f4a7c15ull;

// xorshift64*; the sum of four uniform numbers is normal enough for weights.
static float normal(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    unsigned long long bits = state * 2685821657736338717ull;
    int sum = 0;
    for (int i = 0; i < 4; i++) sum += (bits >> (16 * i)) & 0xffff;
    return (sum - 131070) * (1.7320508f / 65536);
}

static void add_tensor(struct gguf_context *gguf, struct ggml_context *ggml, const char *name, enum ggml_type type, int a, int b, int c) {
    struct ggml_tensor *tensor = c ? ggml_new_tensor_3d(ggml, type, a, b, c) : b ? ggml_new_tensor_2d(ggml, type, a, b) : ggml_new_tensor_1d(ggml, type, a);
    size_t count = ggml_nelements(tensor);
    float scale = 1 / sqrtf(a);
    for (size_t i = 0; i < count; i++) {
        float value = b ? normal() * scale : 1;
        if (type == GGML_TYPE_F16) ((ggml_fp16_t *)tensor->data)[i] = ggml_fp32_to_fp16(value);
        else ((float *)tensor->data)[i] = value;
    }
    ggml_set_name(tensor, name);
    gguf_add_tensor(gguf, tensor);
}

struct shape { const char *arch; int layers, vocabulary, hidden, heads, kv_heads, head, inner, experts, used; };

static void add_number(struct gguf_context *gguf, const struct shape *s, const char *key, int value) {
    char name[128];
    snprintf(name, sizeof name, "%s.%s", s->arch, key);
    gguf_set_val_u32(gguf, name, value);
}

static void add_float(struct gguf_context *gguf, const struct shape *s, const char *key, float value) {
    char name[128];
    snprintf(name, sizeof name, "%s.%s", s->arch, key);
    gguf_set_val_f32(gguf, name, value);
}

static void add_vocabulary(struct gguf_context *gguf, int vocabulary) {
    char (*text)[16] = malloc(16 * vocabulary);
    const char **tokens = malloc(sizeof(char *) * vocabulary);
    float *scores = malloc(sizeof(float) * vocabulary);
    int *types = malloc(sizeof(int) * vocabulary);
    for (int i = 0; i < vocabulary; i++) {
        const char *special[] = { "<unk>", "<s>", "</s>" };
        if (i < 3) snprintf(text[i], 16, "%s", special[i]);
        else if (i < 259) snprintf(text[i], 16, "<0x%02X>", i - 3);
        else snprintf(text[i], 16, "t%d", i - 259);
        tokens[i] = text[i];
        scores[i] = -i;
        types[i] = i == 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1;
    }
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "llama");
    gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", tokens, vocabulary);
    gguf_set_arr_data(gguf, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, scores, vocabulary);
    gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types, vocabulary);
    gguf_set_val_u32(gguf, "tokenizer.ggml.bos_token_id", 1);
    gguf_set_val_u32(gguf, "tokenizer.ggml.eos_token_id", 2);
}

static void add_layer(struct gguf_context *gguf, struct ggml_context *ggml, const struct shape *s, int layer) {
    char name[64];
    #define LAYER(suffix, type, a, b, c) (snprintf(name, sizeof name, "blk.%d.%s.weight", layer, suffix), add_tensor(gguf, ggml, name, type, a, b, c))
    int q = s->heads * s->head, kv = s->kv_heads * s->head;
    LAYER("attn_norm", GGML_TYPE_F32, s->hidden, 0, 0);
    LAYER("attn_q", GGML_TYPE_F16, s->hidden, q, 0);
    LAYER("attn_k", GGML_TYPE_F16, s->hidden, kv, 0);
    LAYER("attn_v", GGML_TYPE_F16, s->hidden, kv, 0);
    LAYER("attn_output", GGML_TYPE_F16, q, s->hidden, 0);
    LAYER("ffn_norm", GGML_TYPE_F32, s->hidden, 0, 0);
    if (s->experts) {
        LAYER("attn_q_norm", GGML_TYPE_F32, s->head, 0, 0);
        LAYER("attn_k_norm", GGML_TYPE_F32, s->head, 0, 0);
        LAYER("ffn_gate_inp", GGML_TYPE_F32, s->hidden, s->experts, 0);
        LAYER("ffn_gate_exps", GGML_TYPE_F16, s->hidden, s->inner, s->experts);
        LAYER("ffn_up_exps", GGML_TYPE_F16, s->hidden, s->inner, s->experts);
        LAYER("ffn_down_exps", GGML_TYPE_F16, s->inner, s->hidden, s->experts);
    } else {
        LAYER("ffn_gate", GGML_TYPE_F16, s->hidden, s->inner, 0);
        LAYER("ffn_up", GGML_TYPE_F16, s->hidden, s->inner, 0);
        LAYER("ffn_down", GGML_TYPE_F16, s->inner, s->hidden, 0);
    }
}

static int make(char **argv) {
    const struct shape dense = { "llama", 16, 32000, 1536, 24, 6, 64, 4096, 0, 0 };
    const struct shape mixture = { "qwen3moe", 16, 32000, 1024, 16, 4, 64, 512, 32, 4 };
    const struct shape *s = !strcmp(argv[2], "mixture") ? &mixture : &dense;
    struct gguf_context *gguf = gguf_init_empty();
    struct ggml_init_params params = { .mem_size = 4ull << 30, .mem_buffer = NULL, .no_alloc = false };
    struct ggml_context *ggml = ggml_init(params);
    gguf_set_val_str(gguf, "general.architecture", s->arch);
    gguf_set_val_u32(gguf, "general.file_type", 1);
    add_number(gguf, s, "context_length", 8192);
    add_number(gguf, s, "embedding_length", s->hidden);
    add_number(gguf, s, "block_count", s->layers);
    add_number(gguf, s, "attention.head_count", s->heads);
    add_number(gguf, s, "attention.head_count_kv", s->kv_heads);
    add_number(gguf, s, "attention.key_length", s->head);
    add_number(gguf, s, "attention.value_length", s->head);
    add_number(gguf, s, "rope.dimension_count", s->head);
    add_number(gguf, s, "feed_forward_length", s->inner);
    add_number(gguf, s, "vocab_size", s->vocabulary);
    add_float(gguf, s, "rope.freq_base", 10000);
    add_float(gguf, s, "attention.layer_norm_rms_epsilon", 1e-5f);
    if (s->experts) {
        add_number(gguf, s, "expert_count", s->experts);
        add_number(gguf, s, "expert_used_count", s->used);
        add_number(gguf, s, "expert_feed_forward_length", s->inner);
    }
    add_vocabulary(gguf, s->vocabulary);
    add_tensor(gguf, ggml, "token_embd.weight", GGML_TYPE_F16, s->hidden, s->vocabulary, 0);
    add_tensor(gguf, ggml, "output_norm.weight", GGML_TYPE_F32, s->hidden, 0, 0);
    add_tensor(gguf, ggml, "output.weight", GGML_TYPE_F16, s->hidden, s->vocabulary, 0);
    for (int layer = 0; layer < s->layers; layer++) add_layer(gguf, ggml, s, layer);
    if (!gguf_write_to_file(gguf, argv[3], false)) fail("cannot write", argv[3]);
    return 0;
}

int main(int argc, char **argv) {
    llama_log_set(log_errors, NULL);
    ggml_backend_load_all_from_path(VARIANTS);
    llama_backend_init();
    if (argc == 5 && !strcmp(argv[1], "bench")) return bench(argv);
    if ((argc == 5 || argc == 7) && !strcmp(argv[1], "logits")) {
        if (argc == 7) rope = argv[5], rope_factor = argv[6];
        return logits(argv);
    }
    if (argc == 5 && !strcmp(argv[1], "tokenize")) return tokenize(argv);
    if (argc == 6 && !strcmp(argv[1], "quantize")) return quantize(argv);
    if (argc == 4 && !strcmp(argv[1], "make")) return make(argv);
    fprintf(stderr, "usage: see the head of peer.c\n");
    return 2;
}
