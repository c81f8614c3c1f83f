namespace Spud;

/// <summary>
/// Version of this contract. A new minor version only adds: interfaces that the host implements may gain members, those that plugins
/// implement never do.
/// </summary>
public static class ContractVersion
{
    /// <summary>Counts breaking changes.</summary>
    public const int Major = 1;

    /// <summary>Counts additions since the last breaking change.</summary>
    public const int Minor = 1;
}
