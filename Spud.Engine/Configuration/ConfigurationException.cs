using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>A configuration was rejected; contains all of its faults.</summary>
/// <param name="faults">At least one.</param>
public sealed class ConfigurationException(ImmutableArray<Fault> faults) : Exception(string.Join('\n', faults))
{
    /// <summary>All faults; the message has one line for each.</summary>
    public ImmutableArray<Fault> Faults { get; } = faults;
}
