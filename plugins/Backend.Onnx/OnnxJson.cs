using System.Text.Json.Serialization;
using Backend.Onnx.Attention;
using Backend.Onnx.Experts;
using Backend.Onnx.Head;
using Backend.Onnx.Router;
using Backend.Shared.Cache;

namespace Backend.Onnx;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeadOptions))]
[JsonSerializable(typeof(AttentionOptions))]
[JsonSerializable(typeof(CacheOptions))]
[JsonSerializable(typeof(RouterOptions))]
[JsonSerializable(typeof(ExpertsOptions))]
internal sealed partial class OnnxJson : JsonSerializerContext;
