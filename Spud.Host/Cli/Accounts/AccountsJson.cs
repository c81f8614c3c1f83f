using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Accounts;

namespace Spud.Host;

/// <summary>Output of <c>spud accounts show --json</c>.</summary>
/// <param name="Account">The account.</param>
/// <param name="Keys">Its API keys, revoked ones too.</param>
/// <param name="Transfers">The last movements of its money, the last first.</param>
internal sealed record AccountResult(Account Account, ApiKey[] Keys, Transfer[] Transfers);

/// <summary>A receipt of <c>spud receipts --json</c>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Account">The account that paid.</param>
/// <param name="Currency">Currency of the charge.</param>
/// <param name="Made">When.</param>
/// <param name="ComputeUnits">What it used, in CU.</param>
/// <param name="Charge">What was charged.</param>
/// <param name="Receipt">The whole receipt; null in lists.</param>
internal sealed record ReceiptResult(string Job, string Account, string Currency, DateTimeOffset Made, decimal ComputeUnits, decimal Charge, JsonElement? Receipt)
{
    /// <summary>A stored receipt.</summary>
    public static ReceiptResult Of(StoredReceipt receipt, bool whole) => new(
        receipt.Job, receipt.Account, receipt.Currency, receipt.Made, receipt.ComputeUnits, receipt.Charge, whole ? JsonElement.Parse(receipt.Json) : null);
}

/// <summary>A price list of <c>spud prices --json</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Added">When it was added.</param>
/// <param name="Applies">Whether it applies to new jobs.</param>
/// <param name="Prices">The file; null in lists.</param>
internal sealed record PriceListResult(string Name, string Version, string Currency, DateTimeOffset Added, bool Applies, JsonElement? Prices)
{
    /// <summary>A stored price list.</summary>
    public static PriceListResult Of(StoredPriceList list, bool whole) => new(list.Name, list.Version, list.Currency, list.Added, list.Applies, whole ? JsonElement.Parse(list.Json) : null);
}

/// <summary>Output of the commands about accounts.</summary>
[JsonSerializable(typeof(Account[]))]
[JsonSerializable(typeof(AccountResult))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(Audit))]
[JsonSerializable(typeof(Job[]))]
[JsonSerializable(typeof(ReceiptResult[]))]
[JsonSerializable(typeof(PriceListResult[]))]
internal sealed partial class AccountsJson : JsonSerializerContext
{
    /// <summary>Camel case, without HTML escaping.</summary>
    public static AccountsJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    });
}
