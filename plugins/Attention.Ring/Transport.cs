using System.Text.Json.Serialization;

namespace Attention.Ring;

/// <summary>What ranks are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Transport>))]
internal enum Transport
{
    /// <summary>Threads of the pipeline.</summary>
    [JsonStringEnumMemberName("threads")]
    Threads,

    /// <summary>Processes of an MPI job.</summary>
    [JsonStringEnumMemberName("mpi")]
    Mpi,
}
