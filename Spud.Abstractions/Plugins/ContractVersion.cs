namespace Spud;

/// <summary>
/// The version of this contract; only a major breaks. In a minor, interfaces that the host implements may gain members; those that a
/// plugin implements never do.
/// </summary>
public static class ContractVersion
{
    /// <summary>Breaking changes.</summary>
    public const int Major = 1;

    /// <summary>Additions.</summary>
    public const int Minor = 1;
}
