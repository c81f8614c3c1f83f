using System.Text.Json.Serialization;
using Spud;

namespace Reader;

/// <summary>Offers what its library says.</summary>
public sealed class ReaderPlugin : ISpudPlugin
{
    public void Register(IPluginRegistry registry) => registry.AddCache(
        "reader",
        ReaderJson.Default.ReaderOptions,
        new Offer { Knows = [Library.Greeting.Text] },
        static (_, _) => throw new RefusedException("reads libraries, caches nothing."));
}

internal sealed class ReaderOptions;

[JsonSerializable(typeof(ReaderOptions))]
internal sealed partial class ReaderJson : JsonSerializerContext;
