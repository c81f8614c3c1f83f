using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Spud;

/// <summary>
/// Registers the components of one plugin. Each method takes the component's name (as in the manifest), the type information of its options
/// class (source-generated; options are properties with <c>set</c>, ranges are DataAnnotations attributes), what the component can do, and its
/// factory. A factory throws <see cref="RefusedException"/>, before it takes weights, where the offer cannot express that it does not fit.
/// </summary>
public interface IPluginRegistry
{
    /// <summary>Registers a head.</summary>
    void AddHead<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IHead> create);

    /// <summary>Registers a head whose offer depends on its options: a decorator passes on what the component inside it can do.</summary>
    [Experimental(Experiments.Id)]
    void AddHead<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IHead> create);

    /// <summary>Registers an attention.</summary>
    void AddAttention<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IAttention> create);

    /// <summary>Registers an attention whose offer depends on its options: a decorator passes on what the component inside it can do.</summary>
    [Experimental(Experiments.Id)]
    void AddAttention<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IAttention> create);

    /// <summary>Registers a cache policy.</summary>
    void AddCache<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, ICachePolicy> create);

    /// <summary>Registers a cache policy whose offer depends on its options: a decorator passes on what the component inside it can do.</summary>
    [Experimental(Experiments.Id)]
    void AddCache<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, ICachePolicy> create);

    /// <summary>Registers a router.</summary>
    void AddRouter<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IRouter> create);

    /// <summary>Registers a router whose offer depends on its options: a decorator passes on what the component inside it can do.</summary>
    [Experimental(Experiments.Id)]
    void AddRouter<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IRouter> create);

    /// <summary>Registers experts.</summary>
    void AddExperts<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IExperts> create);

    /// <summary>
    /// Registers a decorator of an attention's fold, which a pipeline names with <c>"fold"</c> in an attention's entry. The factory's last argument
    /// makes the fold inside: the next decorator, or the attention's own fold. The factory calls it once for each rank.
    /// </summary>
    [Experimental(Experiments.Id)]
    void AddFold<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IFoldBuildContext, Func<FoldRank, IFold>, IFold> create);

    /// <summary>Registers experts whose offer depends on its options: a decorator passes on what the component inside it can do.</summary>
    [Experimental(Experiments.Id)]
    void AddExperts<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IExperts> create);

    /// <summary>Registers a scheduler, which a pipeline names with <c>"scheduler"</c>. It belongs to the loop and gets nothing of the model.</summary>
    [Experimental(Experiments.Id)]
    void AddScheduler<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IScheduler> create);

    /// <summary>Registers a drafter, which a pipeline names with <c>"drafter"</c>. It belongs to the loop, and what it proposes is verified.</summary>
    [Experimental(Experiments.Id)]
    void AddDrafter<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, DrafterBuild, IDrafter> create);

    /// <summary>Registers a depth policy, which a pipeline names with <c>"depth"</c>. It decides which layers rows pass through.</summary>
    [Experimental(Experiments.Id)]
    void AddDepth<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, DepthBuild, IDepth> create);
}
