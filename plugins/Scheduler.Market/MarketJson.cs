using System.Text.Json.Serialization;
using Scheduler.Market.Auction;
using Scheduler.Market.Fair;
using Scheduler.Market.Priority;

namespace Scheduler.Market;

/// <summary>JSON metadata for the options of this plugin.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FairOptions))]
[JsonSerializable(typeof(PriorityOptions))]
[JsonSerializable(typeof(AuctionOptions))]
internal sealed partial class MarketJson : JsonSerializerContext;
