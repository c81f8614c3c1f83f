namespace Spud.Evaluation.Calibration;

/// <summary>A KV head.</summary>
/// <param name="Layer">Layer of the model.</param>
/// <param name="Head">0 .. G - 1.</param>
public readonly record struct CalibratedHead(int Layer, int Head);

/// <summary>How much a KV head needs distant keys.</summary>
/// <param name="Head">The head.</param>
/// <param name="Reconstruction">How much a repetition of a text attends to the text through it: the mean over keys of the maximum probability.</param>
/// <param name="Far">Share of the attention of a text's rows that falls on keys the head would drop if it streamed.</param>
/// <param name="Divergence">D(all || without) of the next token, in nats, when only this head streams, averaged over held-out text; null if not
/// measured.</param>
public sealed record HeadNeed(CalibratedHead Head, double Reconstruction, double Far, double? Divergence);

/// <summary>How heads are ranked.</summary>
public enum HeadOrder
{
    /// <summary>The mean of the ranks by reconstruction and far attention.</summary>
    Both,

    /// <summary>How much a repetition attends to the text.</summary>
    Reconstruction,

    /// <summary>How much rows of a text attend to distant keys.</summary>
    Far,

    /// <summary>The divergence when only this head streams.</summary>
    Divergence,
}
