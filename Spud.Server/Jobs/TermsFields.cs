using System.Globalization;
using System.Text.Json;
using Spud.Generation;
using Spud.Server.Http;

namespace Spud.Server.Jobs;

/// <summary>The fields <c>bid</c>, <c>deadline</c>, <c>lane</c> and <c>tier</c>: what a scheduler knows of a request.</summary>
internal static class TermsFields
{
    private const string When = "a time such as '2030-01-31T12:00:00Z', or a number of seconds from now above 0";

    /// <summary>Reads them.</summary>
    /// <exception cref="ApiException">One is wrong, or the deadline has passed.</exception>
    public static JobTerms Read(in Fields fields, Caller caller)
    {
        decimal? bid = Bid(fields);
        string? lane = fields.OneOf("lane", "floor", "spot");
        if (bid is not null && lane == "floor")
            throw ApiException.Invalid("bid", "a request in the lane 'floor' pays the posted price; use 'lane': 'spot', or leave out the bid.", "invalid_value");

        return new()
        {
            Account = caller.Account,
            Weight = (double)(caller.Details?.Weight ?? 1),
            Tier = (int)(fields.Integer("tier", 0, 3) ?? JobTerms.Default.Tier),
            Lane = bid is not null || lane == "spot" ? JobLane.Spot : JobLane.Floor,
            BidPerCu = bid,
            Deadline = Deadline(fields),
        };
    }

    private static decimal? Bid(in Fields fields)
    {
        if (fields.Any("bid") is not { } value)
            return null;

        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal bid) && bid is >= 0 and <= 1_000_000_000
            ? bid
            : throw fields.Wrong("bid", "a price per CU from 0 to 10^9", value);
    }

    private static DateTimeOffset? Deadline(in Fields fields)
    {
        if (fields.Any("deadline") is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double seconds) && seconds is > 0 and < 1e9)
            return DateTimeOffset.UtcNow.AddSeconds(seconds);
        if (value.ValueKind != JsonValueKind.String || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            throw fields.Wrong("deadline", When, value);

        return time > DateTimeOffset.UtcNow ? time : throw ApiException.Invalid("deadline", $"{time:O} has passed.", ApiException.Expired);
    }
}
