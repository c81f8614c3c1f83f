namespace Spud.Training.Analysis;

/// <summary>The extent to which domains use the same experts in a layer.</summary>
/// <param name="Overlaps">Of each pair of domains: the sum over experts of the smaller share, 1 if both use the same experts equally, 0 if they
/// share none.</param>
/// <param name="Information">Mutual information of domain and expert in bits, with equal weights for domains: 0 if experts carry no information
/// about the domain.</param>
internal sealed record Collision(IReadOnlyList<(string One, string Other, double Overlap)> Overlaps, double Information)
{
    /// <param name="shares">By domain: the share of each expert in the domain's (row, expert) pairs.</param>
    public static Collision Of(IReadOnlyDictionary<string, double[]> shares)
    {
        (string Domain, double[] Shares)[] all = [.. shares.Select(static domain => (domain.Key, Normalised(domain.Value)))];
        double[] mean = [.. Enumerable.Range(0, all[0].Shares.Length).Select(expert => all.Average(domain => domain.Shares[expert]))];
        double information = all.Average(domain => domain.Shares.Zip(mean, static (share, mean) => share > 0 ? share * Math.Log2(share / mean) : 0).Sum());
        return new(
            [.. all.SelectMany((one, i) => all.Skip(i + 1).Select(other => (one.Domain, other.Domain, one.Shares.Zip(other.Shares, Math.Min).Sum())))],
            information);
    }

    // Logs have five digits.
    private static double[] Normalised(double[] shares)
    {
        double sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }
}
