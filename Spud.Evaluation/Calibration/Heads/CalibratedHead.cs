namespace Spud.Evaluation.Calibration;

/// <summary>A KV head.</summary>
/// <param name="Layer">Layer of the model.</param>
/// <param name="Head">0 .. G - 1.</param>
public readonly record struct CalibratedHead(int Layer, int Head);

/// <summary>A head that streams: it keeps the sinks and this many recent tokens.</summary>
/// <param name="Head">The head.</param>
/// <param name="Recent">Tokens at the end of a text.</param>
public readonly record struct HeadWindow(CalibratedHead Head, int Recent);

/// <summary>How much a KV head needs distant keys.</summary>
/// <param name="Head">The head.</param>
/// <param name="Reconstruction">How much a repetition of a text attends to the text through it: the mean over keys of the maximum probability.</param>
/// <param name="Far">Share of the attention of a text's rows that falls on keys the head would drop if it streamed.</param>
public sealed record HeadNeed(CalibratedHead Head, double Reconstruction, double Far);

/// <summary>What it costs when one head streams with one window, on held-out text.</summary>
/// <param name="Divergence">D(all || without) of the next token, in nats, averaged over rows.</param>
/// <param name="Changes">[rows * tokens of a row]: sqrt(p) (ln q - ln p) of the most likely tokens, so that half the square of a sum over heads is
/// about the divergence when all of them stream.</param>
public sealed record HeadTrial(double Divergence, float[] Changes);

/// <summary>What it costs when all heads stream that a share asks for.</summary>
/// <param name="Keep">Share of the keys that heads keep.</param>
/// <param name="Expected">Divergence, as far as effects of single heads add up; null if heads were not tried out alone.</param>
/// <param name="Measured">Divergence of the next token, in nats, averaged over the held rows.</param>
public sealed record HeadCheck(double Keep, double? Expected, double Measured);

/// <summary>By what heads are put in order.</summary>
public enum HeadOrder
{
    /// <summary>The divergence of predictions that a window costs, for each key that it saves.</summary>
    Damage,

    /// <summary>The mean of the ranks by reconstruction and far attention.</summary>
    Both,

    /// <summary>How much a repetition attends to the text.</summary>
    Reconstruction,

    /// <summary>How much rows of a text attend to distant keys.</summary>
    Far,

    /// <summary>None: a baseline for the others.</summary>
    Random,
}
