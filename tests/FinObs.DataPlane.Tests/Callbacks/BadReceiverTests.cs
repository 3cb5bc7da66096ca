using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>Receivers that misbehave: each message still ends among the delivered or the dead letters, and the log says why.</summary>
public sealed class BadReceiverTests
{
    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://localhost:1/")]
    public async Task A_redirect_is_not_followed(string to)
    {
        JsonElement attempt = await AttemptAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = to;
            return Task.CompletedTask;
        });

        Assert.Equal((307, "AnsweredWithError"), (attempt.GetProperty("status").GetInt32(), attempt.GetProperty("reason").GetString()));
        Assert.Contains("redirects are not followed", attempt.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_hangs_is_given_up_on_in_time()
    {
        JsonElement attempt = await AttemptAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        Assert.Equal("TimedOut", attempt.GetProperty("reason").GetString());
        Assert.Contains("spec.delivery.timeout", attempt.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_closes_the_connection_is_a_failure()
    {
        JsonElement attempt = await AttemptAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        Assert.Equal("ConnectionFailed", attempt.GetProperty("reason").GetString());
    }

    /// <summary>The status counts; what drips behind it is not waited for.</summary>
    [Fact]
    public async Task One_that_answers_drop_by_drop_has_answered()
    {
        JsonElement attempt = await AttemptAsync(async context =>
        {
            context.Response.StatusCode = 200;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(".", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(100), context.RequestAborted);
            }
        });
        Assert.Equal("Delivered", attempt.GetProperty("outcome").GetString());
    }

    /// <summary>Its header comes drop by drop and never ends.</summary>
    [Fact]
    public async Task One_whose_header_never_ends_is_given_up_on_in_time()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using CancellationTokenSource stop = new();
        Task dripping = DripAsync(listener, stop.Token);
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        JsonElement attempt = await AttemptAsync(world, spec => spec["url"] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        await stop.CancelAsync();
        await dripping;

        Assert.Equal("TimedOut", attempt.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/", "loopback")]
    [InlineData("http://localhost:9/", "loopback")]
    [InlineData("http://[::ffff:127.0.0.1]:9/", "loopback")]
    [InlineData("http://[fd00:ec2::254]/", "metadata")]
    [InlineData("http://169.254.169.254/", "metadata")]
    [InlineData("http://2130706433:9/", "loopback")]
    public async Task A_private_address_is_refused_with_the_setting_that_allows_it(string url, string kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        JsonElement attempt = await AttemptAsync(world, spec =>
        {
            spec["url"] = url;
            spec.Remove("network");
        });

        Assert.Equal("AddressForbidden", attempt.GetProperty("reason").GetString());
        Assert.Contains(kind, attempt.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("spec.network.allowedCidrs", attempt.GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonElement reachable = (await world.StatusAsync()).GetProperty("conditions").EnumerateArray().Single(condition => condition.GetProperty("type").GetString() == "EndpointReachable");
        Assert.Equal("AddressForbidden", reachable.GetProperty("reason").GetString());
    }

    private static async Task<JsonElement> AttemptAsync(Func<HttpContext, Task> answer)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        world.Sink.Answer = (context, _) => answer(context);
        return await AttemptAsync(world, static _ => { });
    }

    /// <summary>The first attempt of one message that is tried twice.</summary>
    private static async Task<JsonElement> AttemptAsync(CallbackWorld world, Action<JsonObject> change)
    {
        await world.ApplyAsync(spec =>
        {
            spec["delivery"]!["timeout"] = "500ms";
            spec["delivery"]!["schedule"] = new JsonArray("10ms");
            change(spec);
        });
        await world.TransactAsync();
        await world.StatusAsync(now => now.GetProperty("queueDepth").GetInt64() == 0 && now.GetProperty("deadLetters").GetInt64() + now.GetProperty("stats24h").GetProperty("delivered").GetInt64() == 1);
        return (await world.Host.GetAsync($"{CallbackWorld.Target}/deliveries")).GetProperty("items").EnumerateArray().Last();
    }

    private static async Task DripAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
                NetworkStream stream = client.GetStream();
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n"), cancellationToken);
                try
                {
                    while (true)
                    {
                        await stream.WriteAsync("x"u8.ToArray(), cancellationToken);
                        await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
                    }
                }
                catch (IOException)
                {
                    // It went away, as it should.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }
}
