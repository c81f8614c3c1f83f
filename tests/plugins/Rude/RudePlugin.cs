using System.Text.Json.Serialization;
using Spud;

namespace Rude;

/// <summary>Components that break one rule each, as their option says.</summary>
public sealed class RudePlugin : ISpudPlugin
{
    public void Register(IPluginRegistry registry)
    {
        // The default of an immutable array is not an empty one.
        Offer router = new() { Knows = [Trait.Renormalise], PageTypes = default, RowInvariant = true };
        registry.AddRouter("rude", RudeJson.Default.RudeOptions, router, static (options, build) => new RudeRouter(options.Breaks, build));
        registry.AddRouter("thrower", RudeJson.Default.ThrowingOptions, router, static (_, build) => new RudeRouter("", build));
        registry.AddCache("rude", RudeJson.Default.RudeOptions, new Offer { Knows = default }, static (options, build) => new RudeCache(options.Breaks, build));
    }
}

internal sealed class RudeOptions
{
    public string Breaks { get; set; } = "";
}

internal sealed class ThrowingOptions
{
    public ThrowingOptions() => throw new TimeoutException("no options today");
}

/// <summary>An exception that cannot say what is wrong.</summary>
internal sealed class SpeechlessException(bool throws) : Exception
{
    public override string Message => throws ? throw new NotSupportedException() : null!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RudeOptions))]
[JsonSerializable(typeof(ThrowingOptions))]
internal sealed partial class RudeJson : JsonSerializerContext;
