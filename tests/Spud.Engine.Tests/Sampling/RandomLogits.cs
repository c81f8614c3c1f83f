namespace Spud.Tests.Sampling;

/// <summary>Seeded logits of the shapes that trip samplers: bell, peaked, flat, many ties, ascending, with negative infinities.</summary>
internal static class RandomLogits
{
    public const int Kinds = 7;

    public static float[] Make(Random random, int count, int kind)
    {
        float[] logits = new float[count];
        for (int i = 0; i < count; i++)
        {
            logits[i] = kind switch
            {
                0 => (float)(4 * Normal(random)),
                1 => (float)(40 * Normal(random)),
                2 => 1.5f,
                3 => random.Next(-4, 5),
                4 => i * 0.01f,
                5 => random.Next(3) == 0 ? (float)Normal(random) : float.NegativeInfinity,
                _ => random.Next(2) == 0 ? 0f : -0f,
            };
        }
        logits[random.Next(count)] = 2; // so that never all are negative infinity
        return logits;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
