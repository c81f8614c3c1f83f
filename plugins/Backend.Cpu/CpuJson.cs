using System.Text.Json.Serialization;
using Backend.Cpu.Attention;
using Backend.Cpu.Cache;
using Backend.Cpu.Experts;
using Backend.Cpu.Head;
using Backend.Cpu.Router;

namespace Backend.Cpu;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeadOptions))]
[JsonSerializable(typeof(AttentionOptions))]
[JsonSerializable(typeof(CacheOptions))]
[JsonSerializable(typeof(RouterOptions))]
[JsonSerializable(typeof(ExpertsOptions))]
internal sealed partial class CpuJson : JsonSerializerContext;
