using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Spud;

namespace Frozen;

public sealed class FrozenPlugin : ISpudPlugin
{
    public string? Probe() => ContractVersion.Major == 1 ? null : "made for contract 1";

    public void Register(IPluginRegistry registry)
    {
        Offer router = new() { Knows = [Trait.Renormalise], RowInvariant = true };
        Offer shell = new() { Knows = [Trait.TiedHead], PageTypes = [ElementType.F32], DefaultCache = "frozen", NativeThreads = "none" };
        registry.AddRouter("frozen", FrozenJson.Default.FrozenOptions, router, static (options, build) => new FrozenRouter(options, build));
        registry.AddCache("frozen", FrozenJson.Default.FrozenOptions, new Offer(), static (_, build) => new FrozenCache(build));
        registry.AddHead("shell", FrozenJson.Default.FrozenOptions, shell, static (_, _) => FrozenShell.Refuse());
        registry.AddAttention("shell", FrozenJson.Default.FrozenOptions, shell, static (_, _) => FrozenShell.Refuse());
        registry.AddExperts("shell", FrozenJson.Default.FrozenOptions, shell, static (_, _) => FrozenShell.Refuse());
    }
}

internal sealed class FrozenOptions
{
    [Range(1, 64)]
    public int? Experts { get; set; }

    [FilePath]
    public string? Unused { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FrozenOptions))]
internal sealed partial class FrozenJson : JsonSerializerContext;
