using Spud;

namespace Router.Hierarchical;

/// <summary>Keys of a pack and their values. 'spud calibrate router' writes them; docs/routing.md describes them.</summary>
internal static class PackKeys
{
    public const string Format = Prefix + "format", Pool = Prefix + "pool", MinMass = Prefix + "min_mass", HalfLife = Prefix + "half_life",
        MinExperts = Prefix + "min_experts", MaxExperts = Prefix + "max_experts", Labels = Prefix + "labels", Scale = Prefix + "label_scale",
        Radii = "label_radii";

    private const string Prefix = "router.hierarchical.";
    private const int KnownFormat = 1;

    public static string Threshold(int layer) => $"{Prefix}{layer}.threshold";

    public static string Temperature(int layer) => $"{Prefix}{layer}.temperature";

    public static string Experts(int layer) => $"{Prefix}{layer}.experts";

    public static string Label(int number) => $"{Prefix}label.{number}";

    public static string Centroids(int layer) => $"blk.{layer}.label_centroids";

    /// <exception cref="RefusedException">The pack is for another component or has another version.</exception>
    public static void RequireFormat(IPack? pack)
    {
        if (pack is null || pack.Number(Format) is KnownFormat)
            return;

        throw new RefusedException(pack.Number(Format) is { } other
            ? $"router hierarchical: the pack has format {other}, expected {KnownFormat}. Make it again with this version of Spud: spud calibrate router"
            : $"router hierarchical: the pack has no key '{Format}', so it was made for another component. Make one with: spud calibrate router");
    }

    /// <summary>A number of a pack; null if there is no pack or no such number.</summary>
    /// <exception cref="RefusedException">The number is out of range.</exception>
    public static double? Number(IPack? pack, string key, double least, double most)
    {
        double? value = pack?.Number(key);
        if (value is { } number && !(number >= least && number <= most))
            throw new RefusedException($"router hierarchical: the pack's {key} is {number}, expected {least} to {most}. The file is damaged. Make it again: spud calibrate router");

        return value;
    }
}
