using System.Text.Json.Serialization;
using Backend.Shared.Cache;
using Backend.Torch.Router;
using Backend.Torch.Shared;

namespace Backend.Torch;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TorchOptions))]
[JsonSerializable(typeof(CacheOptions))]
[JsonSerializable(typeof(RouterOptions))]
internal sealed partial class TorchJson : JsonSerializerContext;
