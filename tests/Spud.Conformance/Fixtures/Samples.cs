namespace Spud.Conformance.Fixtures;

/// <summary>Random numbers that depend on a name alone.</summary>
public static class Samples
{
    /// <summary>Numbers between <paramref name="centre"/> - 1/2 and + 1/2.</summary>
    public static float[] Of(string name, int count, float centre = 0)
    {
        Random random = new(SeedOf(name));
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = centre + random.NextSingle() - 0.5f;

        return values;
    }

    /// <summary>A seed for other kinds of numbers.</summary>
    internal static int SeedOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        uint seed = 2166136261;
        foreach (char letter in name)
            seed = (seed ^ letter) * 16777619;

        return (int)seed;
    }
}
