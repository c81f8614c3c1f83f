using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spud.Configuration;
using Spud.Models.Messages;

namespace Spud.Plugins;

/// <summary>A component that an active plugin registered.</summary>
internal sealed class RegisteredComponent
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Its name among the plugin's components of the role.</summary>
    public required string Name { get; init; }

    /// <summary>The plugin's id.</summary>
    public required string PluginId { get; init; }

    /// <summary>The plugin's version.</summary>
    public required string PluginVersion { get; init; }

    /// <summary>The plugin's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>What it can do with any options; what else it can do, <see cref="Offers"/> says.</summary>
    public required Offer Offer { get; init; }

    /// <summary>What it can do with some options; null: nothing but <see cref="Offer"/>.</summary>
    public Func<object, IOffers, Offer>? Offers { get; init; }

    /// <summary>Its options.</summary>
    public required JsonTypeInfo Options { get; init; }

    /// <summary>Bound options as JSON: equal for equal options.</summary>
    public string TextOf(object options) => JsonSerializer.Serialize(options, Options);

    /// <summary>Builds it from bound options.</summary>
    public required Func<object, IBuildContext, IDisposable> Create { get; init; }

    /// <summary>Builds a fold decorator from bound options; null for a component of a role.</summary>
    public Func<object, IFoldBuildContext, Func<FoldRank, IFold>, IFold>? CreateFold { get; init; }

    /// <summary>"plugin-id/name": unambiguous.</summary>
    public string FullName => $"{PluginId}/{Name}";

    /// <summary>What it can do.</summary>
    /// <param name="options">Bound.</param>
    /// <param name="others">Answers for the components that it is built on.</param>
    /// <exception cref="CompositionException">The plugin threw.</exception>
    public Offer OfferFor(object options, IOffers others) => Offers is null ? Offer : Ask("the offer", () => Offers(options, others) ?? throw new InvalidOperationException("it is null"));

    /// <summary>Asks a member of the component, which is the plugin's code.</summary>
    /// <param name="member">For the message.</param>
    /// <param name="question">Calls it.</param>
    /// <exception cref="CompositionException">It threw: with the component's name.</exception>
    public T Ask<T>(string member, Func<T> question)
    {
        try
        {
            return question();
        }
        catch (Exception fault) when (fault is not CompositionException)
        {
            string what = fault is RefusedException ? $": {ThrownText.Of(fault)}" : $": {member} threw {PluginException.Describe(fault)}";
            throw new CompositionException($"{Role} '{FullName}'{what}", fault);
        }
    }
}
