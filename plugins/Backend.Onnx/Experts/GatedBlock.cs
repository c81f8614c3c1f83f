using Backend.Onnx.Graphs;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>One gated feed-forward block: down (act(gate x) * up x).</summary>
internal sealed class GatedBlock
{
    /// <summary>[F, C].</summary>
    public required Matrix Gate { get; init; }

    /// <summary>[F, C].</summary>
    public required Matrix Up { get; init; }

    /// <summary>[C, F].</summary>
    public required Matrix Down { get; init; }

    /// <summary>F32 [F], or absent.</summary>
    public TensorView GateBias { get; init; }

    /// <summary>F32 [F], or absent.</summary>
    public TensorView UpBias { get; init; }

    /// <summary>F32 [C], or absent.</summary>
    public TensorView DownBias { get; init; }

    /// <summary>The only expert of a dense layer.</summary>
    public static GatedBlock TakeDense(WeightReader weights, LayerDescription model, string prefix, int c)
    {
        bool bias = model.Has(Trait.ExpertBias);
        return new GatedBlock
        {
            Gate = weights.OnlyExpert(prefix + "ffn_gate_exps.weight", model.ExpertWidth, c),
            Up = weights.OnlyExpert(prefix + "ffn_up_exps.weight", model.ExpertWidth, c),
            Down = weights.OnlyExpert(prefix + "ffn_down_exps.weight", c, model.ExpertWidth),
            GateBias = bias ? weights.Floats(prefix + "ffn_gate_exps.bias", 1, model.ExpertWidth).At(0) : default,
            UpBias = bias ? weights.Floats(prefix + "ffn_up_exps.bias", 1, model.ExpertWidth).At(0) : default,
            DownBias = bias ? weights.Floats(prefix + "ffn_down_exps.bias", 1, c).At(0) : default,
        };
    }

    /// <summary>The shared expert, used by every row.</summary>
    public static GatedBlock TakeShared(WeightReader weights, string prefix, int width, int c) => new()
    {
        Gate = weights.Matrix(prefix + "ffn_gate_shexp.weight", width, c),
        Up = weights.Matrix(prefix + "ffn_up_shexp.weight", width, c),
        Down = weights.Matrix(prefix + "ffn_down_shexp.weight", c, width),
    };

    /// <summary>act(gate x) * up x.</summary>
    public string Inner(Graph graph, LayerDescription model, string x) =>
        graph.Activate(model, Gate.Product(graph, "gate", x, GateBias), Up.Product(graph, "up", x, UpBias));
}
