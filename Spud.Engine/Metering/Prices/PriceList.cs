using System.Text;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>Prices of a request's work: a data file, bound strictly, with all faults reported at once. Decimal arithmetic throughout.</summary>
public sealed class PriceList
{
    private static readonly BindingSubject s_subject = new("member", "a price list") { Skip = ["$schema"] };

    private readonly PriceSettings _settings;
    private readonly Rate[] _rates;

    private PriceList(PriceSettings settings)
    {
        _settings = settings;
        _rates = [.. Enum.GetValues<Phase>().SelectMany(phase => Roles.All.Select(role => RateOf(phase, role)))];
    }

    /// <summary>The list's name.</summary>
    public string Name => _settings.Name!;

    /// <summary>The list's version.</summary>
    public string Version => _settings.Version!;

    /// <summary>Currency code, three capital letters.</summary>
    public string Currency => _settings.Currency!;

    /// <summary>Decimals to which a total is rounded.</summary>
    public int Decimals => _settings.Decimals;

    /// <summary>The highest price of 10^9 FLOP in any phase and role: what a budget in compute is reserved at.</summary>
    public decimal MaxPerComputeUnit => _rates.Max(static rate => rate.PerComputeUnit);

    internal decimal PerGigabyteSecondKept => _settings.PerGigabyteSecondKept;

    internal decimal FreeAmount => _settings.FreeAmount;

    internal decimal MinimumCharge => _settings.MinimumCharge;

    /// <summary>Reads a price list.</summary>
    /// <exception cref="ConfigurationException">Contains all faults of the file.</exception>
    public static PriceList Load(string path) => Read(faults => ConfigFile.Load(path, faults));

    /// <summary>Reads a price list from a string.</summary>
    /// <exception cref="ConfigurationException">Contains all faults of the text.</exception>
    public static PriceList Parse(string json) => Read(faults => ConfigFile.Parse(Encoding.UTF8.GetBytes(json), "price list", faults));

    private static PriceList Read(Func<FaultList, ConfigObject?> tree)
    {
        FaultList faults = new();
        PriceSettings? settings = tree(faults) is { } root ? Binder.Bind(root, PriceJson.Default.PriceSettings, s_subject, faults) : null;
        faults.ThrowIfAny();
        return new(settings!);
    }

    /// <summary>Price of some work of a role, before allowance and minimum.</summary>
    internal decimal AmountOf(Phase phase, Role role, in Tally work)
    {
        ref readonly Rate rate = ref _rates[(int)phase * Role.All.Length + role.Slot];
        return work.ComputeUnits * rate.PerComputeUnit + work.GigabytesRead * rate.PerGigabyteRead;
    }

    /// <summary>Price of everything in a ledger, before allowance and minimum.</summary>
    /// <param name="ledger">The work.</param>
    /// <param name="kvGigabyteSeconds">Gigabyte-seconds of kept keys and values.</param>
    internal decimal AmountOf(Ledger ledger, decimal kvGigabyteSeconds)
    {
        decimal sum = kvGigabyteSeconds * PerGigabyteSecondKept;
        for (Phase phase = Phase.Prefill; phase <= Phase.Decode; phase++)
        {
            foreach (Role role in Role.All)
                sum += AmountOf(phase, role, ledger[phase].Of(role));
        }

        return sum;
    }

    /// <summary>The charge for an amount of work: minus the allowance, and at least the minimum if anything is left.</summary>
    internal decimal ChargeFor(decimal amount)
    {
        decimal due = Math.Max(0, amount - FreeAmount);
        return due == 0 ? 0 : Math.Max(due, MinimumCharge);
    }

    /// <summary>A charge as shown on a receipt.</summary>
    internal decimal Rounded(decimal charge) => decimal.Round(charge, Decimals, MidpointRounding.ToEven);

    private Rate RateOf(Phase phase, string role)
    {
        RateSettings? fits = _settings.Rates!.FirstOrDefault(rate => (rate.Phase ?? phase) == phase && (rate.Role ?? role) == role);
        return fits is null ? default : new(fits.PerComputeUnit, fits.PerGigabyteRead);
    }

    private readonly record struct Rate(decimal PerComputeUnit, decimal PerGigabyteRead);
}
