using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Builds an attention's decorators around its own fold, outermost first; each requests its inner fold, once per rank.</summary>
/// <param name="attention">The attention.</param>
/// <param name="name">Its name, for messages.</param>
/// <param name="build">Its build context; workspace reserved by folds is added to the attention's.</param>
/// <param name="layout">How the cache stores a layer.</param>
/// <param name="made">Receives every fold that must be disposed, each after those it is built on.</param>
internal sealed class FoldBuilder(IAttention attention, string name, IBuildContext build, Func<int, CacheLayout> layout, List<IFold> made)
{
    private bool _ownIsTaken;

    /// <exception cref="CompositionException">A decorator refused, or the attention has no fold for it.</exception>
    public IFold Build(ImmutableArray<ChosenComponent> decorators) => Make(decorators, new FoldRank { Domain = attention.Domain, Pool = build.Pool });

    private IFold Make(ImmutableArray<ChosenComponent> decorators, FoldRank rank)
    {
        FoldBuildContext context = new(build, rank, layout);
        IFold fold = decorators.IsEmpty ? Own(context, rank) : Decorated(decorators, context);
        made.Add(fold);
        return fold;
    }

    private IFold MakeInner(ImmutableArray<ChosenComponent> decorators, FoldRank rank)
    {
        ArgumentNullException.ThrowIfNull(rank);
        IFold fold = Make(decorators, rank);
        return fold.Shards is null
            ? fold
            : throw new RefusedException($"fold '{decorators[0].Registered.FullName}' inside it distributes keys over shards, which the outermost decorator alone may do; name that one first");
    }

    private IFold Decorated(ImmutableArray<ChosenComponent> decorators, FoldBuildContext context)
    {
        ChosenComponent outer = decorators[0];
        try
        {
            return outer.Registered.CreateFold!(outer.Options, context, rank => MakeInner(decorators[1..], rank))
                ?? throw new InvalidOperationException("its factory made nothing");
        }
        catch (Exception fault) when (fault is not CompositionException)
        {
            string what = fault is RefusedException or InsufficientMemoryException ? fault.Message : $"it threw {fault.GetType().Name}: {fault.Message}";
            throw new CompositionException($"fold '{outer.Registered.FullName}' of attention '{name}': {what}", fault);
        }
    }

    private IFold Own(FoldBuildContext context, FoldRank rank)
    {
        if (!_ownIsTaken && rank.Domain == attention.Domain && rank.Pool == build.Pool)
        {
            _ownIsTaken = true;
            return new AttentionFold(attention);
        }

        return attention is IMakesFolds maker
            ? maker.MakeFold(context)
            : throw new RefusedException($"attention '{name}' has one fold, in {attention.Domain.Name} memory and on all threads; several ranks need an attention that makes folds for them.");
    }
}
