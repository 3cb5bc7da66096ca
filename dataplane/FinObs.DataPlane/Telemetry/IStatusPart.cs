namespace FinObs.DataPlane.Telemetry;

/// <summary>A slice's part of <c>GET /webhooks/status</c>: registered by the slice, put together by whoever answers.</summary>
internal interface IStatusPart
{
    /// <summary>Its name in the answer.</summary>
    string Name { get; }

    /// <summary>How it stands now: a record that is written as JSON.</summary>
    Task<object> ReadAsync(CancellationToken cancellationToken);
}
