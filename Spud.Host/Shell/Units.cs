namespace Spud.Host;

/// <summary>Numbers formatted for people.</summary>
internal static class Units
{
    private static readonly string[] s_bytes = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>"94.1 MiB"; powers of 1024.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < s_bytes.Length - 1)
            (value, unit) = (value / 1024, unit + 1);

        return unit == 0 ? $"{bytes} bytes" : $"{value:0.0} {s_bytes[unit]}";
    }

    /// <summary>"12.3 CU", at least three digits.</summary>
    public static string Compute(decimal units) => units switch
    {
        >= 100 => $"{units:0} CU",
        >= 10 => $"{units:0.0} CU",
        >= 1 => $"{units:0.00} CU",
        >= 0.1m => $"{units:0.000} CU",
        _ => $"{units:0.000###} CU",
    };

    /// <summary>"134.5 million".</summary>
    public static string Count(long count) => count switch
    {
        >= 1_000_000_000 => $"{count / 1e9:0.00} billion",
        >= 1_000_000 => $"{count / 1e6:0.0} million",
        _ => $"{count:N0}",
    };
}
