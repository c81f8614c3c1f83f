namespace Spud;

/// <summary>The version of this contract. While it is 0.x, a minor may break; from 1.0 on only a major does.</summary>
public static class ContractVersion
{
    /// <summary>Breaking changes.</summary>
    public const int Major = 0;

    /// <summary>Additions; below 1.0 breaking changes too.</summary>
    public const int Minor = 1;
}
