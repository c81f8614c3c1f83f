namespace Spud.Training.Export;

/// <summary>A run.</summary>
/// <param name="Name">Its name, that of its configuration: "moe32-s1".</param>
/// <param name="Seed">Its seed.</param>
internal readonly record struct RunIdentity(string Name, ulong Seed)
{
    /// <summary>The name without its seed, which runs that differ only by seed have in common: "moe32".</summary>
    public string Recipe => Name.EndsWith($"-s{Seed}", StringComparison.Ordinal) ? Name[..^$"-s{Seed}".Length] : Name;
}
