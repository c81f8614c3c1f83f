using System.Globalization;
using Spud.Models;
using Spud.Training.Data;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Model.Selection;
using static TorchSharp.torch;

namespace Spud.Training.Export;

/// <summary>Writes a trained model as GGUF in f32: qwen3, or qwen3moe with several experts, as llama.cpp reads it too.</summary>
internal sealed class GgufExport
{
    private readonly ParameterSet _parameters;
    private readonly ModelShape _shape;
    private readonly RoutingRecipe _recipe;
    private readonly GgufWriter _file = new();

    private GgufExport(ParameterSet parameters, ModelShape shape, RoutingRecipe recipe) => (_parameters, _shape, _recipe) = (parameters, shape, recipe);

    private string Architecture => _shape.Experts > 1 ? "qwen3moe" : "qwen3";

    /// <param name="parameters">The trained parameters.</param>
    /// <param name="shape">Shape of the model.</param>
    /// <param name="recipe">How it chooses experts; the file states K for every row, see <see cref="Router"/>.</param>
    /// <param name="tokenizer">The tokenizer of the training text.</param>
    /// <param name="run">The run that trained it.</param>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="TrainingException">The tokenizer is not the model's.</exception>
    public static void Write(ParameterSet parameters, ModelShape shape, RoutingRecipe recipe, TokenizerFile tokenizer, RunIdentity run, string path)
    {
        if (tokenizer.Pieces.Length != shape.Vocabulary)
            throw new TrainingException($"expected a tokenizer of {shape.Vocabulary} pieces, as the model has, got {tokenizer.Pieces.Length}.");

        GgufExport export = new(parameters, shape, recipe);
        export.SetKeys(run);
        export.SetTokenizer(tokenizer);
        export.AddTensors();
        export._file.Save(path);
    }

    /// <summary>The member "router" of a pipeline that routes like the recipe; null for the best K, which the file already states.</summary>
    public static string? Router(ParameterSet parameters, ModelShape shape, RoutingRecipe recipe) => !recipe.ChoosesNumber
        ? null
        : $"[{string.Join(", ", Enumerable.Range(0, shape.Layers).Select(layer =>
        {
            // The last entry serves all remaining layers.
            string layers = layer == shape.Layers - 1 ? "" : $"\"layers\": \"{layer}\", ";
            return $"{{ {layers}\"use\": \"dynamic\", \"maxExperts\": {recipe.MaxUsed(shape)}, {Thresholds(parameters, shape, recipe, layer)} }}";
        }))}]";

    private static string Thresholds(ParameterSet parameters, ModelShape shape, RoutingRecipe recipe, int layer)
    {
        using Tensor state = parameters.View(RoutingRecipe.Threshold(layer), parameters.Values);
        ReadOnlySpan<float> thresholds = TensorMemory.Span<float>(state);
        return recipe.Kind == RoutingKind.Mass
            ? $"\"threshold\": {Text(thresholds[0])}"
            : $"\"expertThresholds\": [{string.Join(", ", thresholds[..shape.Experts].ToArray().Select(Text))}]";

        static string Text(float number) => number.ToString("R", CultureInfo.InvariantCulture);
    }

    private void SetKeys(RunIdentity run)
    {
        _file.Set("general.architecture", Architecture);
        _file.Set("general.name", run.Name);
        _file.Set(TrainingKeys.Recipe, run.Recipe);
        _file.Set(TrainingKeys.Seed, run.Seed);
        _file.Set("general.file_type", 0);
        Set("context_length", _shape.Tokens);
        Set("embedding_length", _shape.HiddenWidth);
        Set("block_count", _shape.Layers);
        Set("feed_forward_length", _shape.ExpertWidth);
        Set("attention.head_count", _shape.Heads);
        Set("attention.head_count_kv", _shape.KvHeads);
        Set("attention.key_length", _shape.HeadWidth);
        Set("attention.value_length", _shape.HeadWidth);
        _file.Set($"{Architecture}.attention.layer_norm_rms_epsilon", _shape.NormEpsilon);
        _file.Set($"{Architecture}.rope.freq_base", _shape.RopeBase);
        if (_shape.Experts == 1)
            return;

        Set("expert_count", _shape.Experts);
        Set("expert_used_count", _shape.ExpertsUsed);
        Set("expert_feed_forward_length", _shape.ExpertWidth);
    }

    private void SetTokenizer(TokenizerFile tokenizer)
    {
        _file.Set("tokenizer.ggml.model", "llama");
        _file.Set("tokenizer.ggml.tokens", Array.ConvertAll(tokenizer.Pieces, static piece => piece.Text));
        _file.Set("tokenizer.ggml.scores", Array.ConvertAll(tokenizer.Pieces, static piece => piece.Score));
        _file.Set("tokenizer.ggml.token_type", Array.ConvertAll(tokenizer.Pieces, TokenizerFile.TypeOf));
        _file.Set("tokenizer.ggml.bos_token_id", TokenizerFile.Begin);
        _file.Set("tokenizer.ggml.eos_token_id", tokenizer.End);
        _file.Set("tokenizer.ggml.unknown_token_id", TokenizerFile.Unknown);
        _file.Set("tokenizer.ggml.add_bos_token", false);
        _file.Set("tokenizer.ggml.add_eos_token", false);
        _file.Set("tokenizer.ggml.add_space_prefix", false);
    }

    private void AddTensors()
    {
        int queries = _shape.Heads * _shape.HeadWidth, keys = _shape.KvHeads * _shape.HeadWidth, inner = _shape.ExpertWidth;
        Add("token_embd.weight", "token_embd");
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            string block = $"blk.{layer}.";
            Add(block + "attn_norm.weight", block + "attn_norm");
            Add(block + "attn_q.weight", block + "attn_qkv", axis: 0, 0, queries);
            Add(block + "attn_k.weight", block + "attn_qkv", axis: 0, queries, keys);
            Add(block + "attn_v.weight", block + "attn_qkv", axis: 0, queries + keys, keys);
            Add(block + "attn_q_norm.weight", block + "attn_q_norm");
            Add(block + "attn_k_norm.weight", block + "attn_k_norm");
            Add(block + "attn_output.weight", block + "attn_output");
            Add(block + "ffn_norm.weight", block + "ffn_norm");
            if (_shape.Experts > 1)
                AddRouter(layer);

            (string suffix, int axis) = _shape.Experts > 1 ? ("_exps.weight", 1) : (".weight", 0);
            Add(block + "ffn_gate" + suffix, block + "ffn_gate_up", axis, 0, inner);
            Add(block + "ffn_up" + suffix, block + "ffn_gate_up", axis, inner, inner);
            Add(block + "ffn_down" + suffix, block + "ffn_down");
        }

        Add("output_norm.weight", "output_norm");
    }

    private void Set(string key, int value) => _file.Set($"{Architecture}.{key}", value);

    private void Add(string name, string parameter)
    {
        using Tensor whole = _parameters.View(parameter, _parameters.Values);
        Add(name, parameter, axis: 0, 0, (int)whole.shape[0]);
    }

    // A factor of all logits is folded into the weights.
    private void AddRouter(int layer)
    {
        string name = $"blk.{layer}.ffn_router";
        using Tensor shape = _parameters.View(name, _parameters.Values);
        _file.Add($"blk.{layer}.ffn_gate_inp.weight", ElementType.F32, Array.ConvertAll(shape.shape, static length => (int)length), stream =>
        {
            using Tensor weight = _parameters.View(name, _parameters.Values), sharpened = weight * Sharpness(layer);
            using UnmanagedMemoryStream bytes = TensorMemory.Bytes(sharpened);
            bytes.CopyTo(stream);
        });
    }

    private float Sharpness(int layer)
    {
        if (_recipe.Kind != RoutingKind.Mass)
            return 1;

        using Tensor sharpness = _parameters.View(RoutingRecipe.Sharpness(layer), _parameters.Values);
        return TensorMemory.Span<float>(sharpness)[0];
    }

    // Rows of a parameter that holds several tensors.
    private void Add(string name, string parameter, int axis, int first, int count)
    {
        using Tensor whole = _parameters.View(parameter, _parameters.Values), part = whole.narrow(axis, first, count);
        _file.Add(name, ElementType.F32, Array.ConvertAll(part.shape, static length => (int)length), stream =>
        {
            using Tensor all = _parameters.View(parameter, _parameters.Values), rows = all.narrow(axis, first, count), dense = rows.contiguous();
            using UnmanagedMemoryStream bytes = TensorMemory.Bytes(dense);
            bytes.CopyTo(stream);
        });
    }
}
