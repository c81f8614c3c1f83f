using Spud.Configuration;

namespace Spud.Composition;

/// <summary>An attention's fold with decorators, without a pipeline: for tests of plugins.</summary>
public sealed class StandaloneFold : IDisposable
{
    private readonly List<IFold> _made = [];

    /// <param name="attention">The attention whose own fold is the innermost.</param>
    /// <param name="name">The attention's name, for messages.</param>
    /// <param name="build">Its build context.</param>
    /// <param name="layout">How its keys are stored.</param>
    /// <param name="decorators">The decorators, outermost first; if none, the attention's own fold is used.</param>
    /// <exception cref="CompositionException">A decorator refused, or the attention has no fold for it.</exception>
    public StandaloneFold(IAttention attention, string name, IBuildContext build, CacheLayout layout, params IEnumerable<StandaloneComponent> decorators)
    {
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(build);
        Fold = new FoldBuilder(attention, name, build, _ => layout, _made).Build([.. decorators.Select(static decorator => decorator.Chosen)]);
    }

    /// <summary>The fold that an attention makes for a rank.</summary>
    /// <param name="attention">The attention.</param>
    /// <param name="build">Its build context.</param>
    /// <param name="rank">The rank of the fold.</param>
    /// <param name="layout">How its keys are stored.</param>
    public static IFold Of(IMakesFolds attention, IBuildContext build, FoldRank rank, CacheLayout layout)
    {
        ArgumentNullException.ThrowIfNull(attention);
        return attention.MakeFold(new FoldBuildContext(build, rank, _ => layout));
    }

    /// <summary>The outermost fold.</summary>
    public IFold Fold { get; }

    /// <summary>Disposes the folds, but not the attention.</summary>
    public void Dispose()
    {
        foreach (IFold fold in Enumerable.Reverse(_made))
            fold.Dispose();
    }
}
