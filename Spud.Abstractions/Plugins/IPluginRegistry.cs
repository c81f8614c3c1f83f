using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Spud;

/// <summary>
/// Takes the components of one plugin. Options are classes with <c>set</c> properties and source-generated type information; ranges
/// are DataAnnotations attributes. A factory refuses what its offer cannot say with <see cref="RefusedException"/>, before it takes weights.
/// </summary>
public interface IPluginRegistry
{
    /// <summary>Registers a head.</summary>
    void AddHead<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IHead> create);

    /// <summary>Registers a head whose offer depends on its options: a decorator passes on what the component inside it knows.</summary>
    [Experimental(Experiments.Id)]
    void AddHead<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IHead> create);

    /// <summary>Registers an attention.</summary>
    void AddAttention<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IAttention> create);

    /// <summary>Registers an attention whose offer depends on its options: a decorator passes on what the component inside it knows.</summary>
    [Experimental(Experiments.Id)]
    void AddAttention<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IAttention> create);

    /// <summary>Registers a cache policy.</summary>
    void AddCache<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, ICachePolicy> create);

    /// <summary>Registers a cache policy whose offer depends on its options: a decorator passes on what the component inside it knows.</summary>
    [Experimental(Experiments.Id)]
    void AddCache<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, ICachePolicy> create);

    /// <summary>Registers a router.</summary>
    void AddRouter<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IRouter> create);

    /// <summary>Registers a router whose offer depends on its options: a decorator passes on what the component inside it knows.</summary>
    [Experimental(Experiments.Id)]
    void AddRouter<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IRouter> create);

    /// <summary>Registers experts.</summary>
    void AddExperts<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IBuildContext, IExperts> create);

    /// <summary>
    /// Registers a decorator of an attention's fold, which a pipeline names in <c>"fold"</c> of an attention's entry. The factory calls
    /// <c>inner</c> once for each rank: it makes the next decorator or the attention's own fold, for that rank's domain and pool.
    /// </summary>
    [Experimental(Experiments.Id)]
    void AddFold<TOptions>(string name, JsonTypeInfo<TOptions> options, Offer offer, Func<TOptions, IFoldBuildContext, Func<FoldRank, IFold>, IFold> create);

    /// <summary>Registers experts whose offer depends on its options: a decorator passes on what the component inside it knows.</summary>
    [Experimental(Experiments.Id)]
    void AddExperts<TOptions>(string name, JsonTypeInfo<TOptions> options, Func<TOptions, IOffers, Offer> offer, Func<TOptions, IBuildContext, IExperts> create);
}
