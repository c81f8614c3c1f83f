namespace Spud.Server.Http;

/// <summary>
/// Paths as clients write them: a base address that ends with a slash makes doubled slashes, and one without /v1 leaves it out.
/// </summary>
internal static class Paths
{
    private static readonly string[] s_versioned = ["/chat", "/completions", "/models", "/embeddings", "/responses", "/jobs"];

    /// <summary>The path that routing should see.</summary>
    public static PathString Normal(PathString path)
    {
        string text = path.Value ?? "/";
        if (text.Contains("//", StringComparison.Ordinal))
            text = "/" + string.Join('/', text.Split('/', StringSplitOptions.RemoveEmptyEntries));
        if (text.StartsWith("/v1/v1/", StringComparison.Ordinal))
            text = text[3..];

        PathString single = new(text);
        return Array.Exists(s_versioned, root => single.StartsWithSegments(root)) ? new PathString("/v1").Add(single) : single;
    }
}
