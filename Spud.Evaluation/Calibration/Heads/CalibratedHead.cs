namespace Spud.Evaluation.Calibration;

/// <summary>A KV head.</summary>
/// <param name="Layer">Of the model.</param>
/// <param name="Head">0 .. G - 1.</param>
public readonly record struct CalibratedHead(int Layer, int Head);

/// <summary>How much a KV head needs of what lies far back.</summary>
/// <param name="Head">The head.</param>
/// <param name="Reconstruction">How much a repetition of a text looks back through it: the largest probability for each key, on average.</param>
/// <param name="Far">Share of its attention that rows of a text pay to what the head would forget if it streamed.</param>
/// <param name="Divergence">D(all || without) of the next token, in nats, when this head alone streams, on average over held text; null: not measured.</param>
public sealed record HeadNeed(CalibratedHead Head, double Reconstruction, double Far, double? Divergence);

/// <summary>By what heads are put in order.</summary>
public enum HeadOrder
{
    /// <summary>The mean of the ranks by the first two.</summary>
    Both,

    /// <summary>How much a repetition looks back.</summary>
    Reconstruction,

    /// <summary>How much rows of a text look far back.</summary>
    Far,

    /// <summary>What it costs when the head alone streams.</summary>
    Divergence,
}
