package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/hibiken/asynq"
)

// State returns where a task is and the text of its last error, if it had one.
func (c *Client) State(ctx context.Context, queue, id string) (state State, lastErr string, err error) {
	info, err := c.info(ctx, queue, id)
	if err != nil {
		return "", "", unavailable(fmt.Sprintf("look up task %s in queue %s", id, queue), c.addr, err)
	}
	if info == nil {
		return Missing, "", nil
	}
	return stateOf(info.State), info.LastErr, nil
}

func stateOf(s asynq.TaskState) State {
	switch s {
	case asynq.TaskStateActive:
		return Active
	case asynq.TaskStateRetry:
		return Retry
	case asynq.TaskStateArchived:
		return Archived
	case asynq.TaskStateCompleted:
		return Missing // done; ours are not kept
	}
	return Pending
}

// info returns nil for a task that is not there.
func (c *Client) info(ctx context.Context, queue, id string) (*asynq.TaskInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := c.inspect.GetTaskInfo(queue, id)
	if errors.Is(err, asynq.ErrQueueNotFound) { // or only its name is lost: see queuesKey
		if n, err := c.redis.Exists(ctx, "asynq:{"+queue+"}:t:"+id).Result(); err != nil || n == 0 {
			return nil, err
		}
		if err := publish(ctx, c.redis, queue); err != nil {
			return nil, err
		}
		info, err = c.inspect.GetTaskInfo(queue, id)
	}
	if errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) {
		return nil, nil
	}
	return info, err
}

// Delete removes a task from its queue; one that is not there is fine. An active task is
// cancelled: its handler's context ends, and its server removes it.
func (c *Client) Delete(ctx context.Context, queue, id string) error {
	doing := fmt.Sprintf("delete task %s from queue %s", id, queue)
	var last error
	for range 3 { // the task may move between the look and the deed
		info, err := c.info(ctx, queue, id)
		switch {
		case err != nil:
			return unavailable(doing, c.addr, err)
		case info == nil:
			return nil
		case info.State == asynq.TaskStateActive:
			return unavailable(doing, c.addr, c.inspect.CancelProcessing(id))
		}
		if last = c.inspect.DeleteTask(queue, id); last == nil {
			return nil
		}
	}
	return unavailable(doing, c.addr, last)
}

// Queues returns the state of all queues that ever had a task or a server, by name.
func (c *Client) Queues(ctx context.Context) ([]QueueInfo, error) {
	names, err := c.redis.SMembers(ctx, queuesKey).Result()
	if err != nil {
		return nil, unavailable("list queues", c.addr, err)
	}
	infos := make([]QueueInfo, 0, len(names))
	for _, name := range sorted(names) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q, err := c.sizes(ctx, name)
		if err != nil {
			return nil, unavailable("look at queue "+name, c.addr, err)
		}
		infos = append(infos, q)
	}
	return infos, nil
}
