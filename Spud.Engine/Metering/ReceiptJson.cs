using System.Text.Json.Serialization;

namespace Spud.Metering;

/// <summary>Receipts as JSON; decimals are written in full.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Receipt))]
public sealed partial class ReceiptJson : JsonSerializerContext;
