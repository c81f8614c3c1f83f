namespace Spud.Composition;

/// <summary>This process did not run the pipeline that was composed: it served another process with it, which has ended (<see cref="IServesProgram"/>).</summary>
public sealed class ServedException() : Exception("this process served another one, which has ended");
