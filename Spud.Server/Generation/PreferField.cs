using Spud.Configuration;
using Spud.Server.Http;

namespace Spud.Server.Generation;

/// <summary>The field <c>prefer</c>: what lengths of drafts are chosen for.</summary>
internal static class PreferField
{
    /// <summary>The preference; null for the pipeline's.</summary>
    public static DraftPreference? Read(in Fields fields) => fields.OneOf("prefer", "latency", "compute", "fixed") is { } name ? Enum.Parse<DraftPreference>(name, ignoreCase: true) : null;
}
